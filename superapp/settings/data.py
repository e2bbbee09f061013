"""Where rows and shared counters live."""

from datetime import timedelta

import dj_database_url

from .delivery import TWIN_WAIT
from .environment import env, required

DATABASES = {"default": dj_database_url.parse(required("DATABASE_URL"), conn_health_checks=True)}
# Nothing waits longer than this for somebody else's lock: a twin of a submission, a migration, a worker.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"-c lock_timeout={TWIN_WAIT // timedelta(milliseconds=1)}"
if env.bool("DATABASE_POOL", False):
    # Web processes only: Celery closes a pool around every task (celery#10554).
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", 8),
        "timeout": 5,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 300

CACHES = {
    "default": {
        "BACKEND": "superapp.cache.KeptRedisCache",
        "LOCATION": required("CACHE_URL"),
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},
    }
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
