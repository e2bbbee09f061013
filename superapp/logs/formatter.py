"""One JSON object a line, whichever library writes it."""

import re

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Thirteen digits in a row, or grouped as on the card (1-2345-67890-12-1, or with spaces); no part of a longer number.
# What may stand before the first digit is asked once there is one, which spares most places of a line the question.
_NATIONAL_ID = re.compile(r"[0-9](?<![0-9A-Za-z][0-9])(?:[- ]?[0-9]){12}(?![0-9A-Za-z])")
# Queries hold one-time codes and what people searched for.
_QUERY = re.compile(r"\?[^\s\"'\\<>]*=[^\s\"'\\<>]*")
# What makes the address of the node's news unguessable (citizens.identity.consent_requests.rows.callback_token).
_CALLBACK_TOKEN = re.compile(r"/callback/[0-9a-f]{64}")

SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
_render = structlog.processors.JSONRenderer(ensure_ascii=False)


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """For logging.config: `"()": "superapp.logs.formatter.json_formatter"`. Needs no settings."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED_PROCESSORS,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )


def render(logger: WrappedLogger, name: str, event: EventDict) -> str:
    """The line. Exceptions of libraries may repeat what they were given, so the whole of it is redacted."""
    return redact(str(_render(logger, name, event)))


def redact(text: str) -> str:
    """Without the queries and callback tokens of addresses, and without what looks like a national number."""
    without_tokens = _CALLBACK_TOKEN.sub("/callback/[token]", _QUERY.sub("?[query]", text))
    return _NATIONAL_ID.sub("[13 digits]", without_tokens)
