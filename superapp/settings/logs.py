"""One JSON object a line, with the request id that ties phone, worker and agency together."""

import logging

import structlog

from superapp.logs.formatter import SHARED_PROCESSORS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "superapp.logs.formatter.json_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # These print whole requests and queries at DEBUG: personal data. Only the demo's phone uses the last two.
        "django.db.backends": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        # Each sign-in at INFO; wrong passwords and lock-outs are warnings, without the name.
        "axes": {"level": "WARNING"},
        # A line for each call that went well is the proxy's access log.
        "django_structlog.middlewares.request": {"level": "WARNING"},
    },
}

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None

# What no line shows need not be found out for each (logging HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
