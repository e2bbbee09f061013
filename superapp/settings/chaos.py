"""The local settings for `make chaos`: all citizens sign in from one address."""

from .local import *

RATE_LIMITS["address"] = "1000000/minute"
