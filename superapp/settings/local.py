"""One machine, no set-up: embedded servers, secrets made on first use, the sandbox on."""

import os

from superapp.embedded.environment import set_local_defaults, state_directory

set_local_defaults()
os.environ.setdefault("SANDBOX", "1")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver")
os.environ.setdefault("PUBLIC_URL", "http://127.0.0.1:8000")

from .base import *  # noqa: E402
from .sandbox import *  # noqa: E402

STATE_DIRECTORY = state_directory()
SANDBOX_STATE = STATE_DIRECTORY / "sandbox"
