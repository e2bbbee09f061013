"""Embedded servers for the test suite: `-p superapp.embedded.pytest_plugin`.

They must be named in the environment before pytest-django loads the settings, which no conftest precedes.
"""

import os
from contextlib import ExitStack

import pytest

from superapp.embedded.environment import set_local_defaults
from superapp.embedded.servers import running_servers


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start them, and let pytest stop them when it unconfigures, even after an error in a conftest."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the controller has set the environment and holds the servers
    os.environ.setdefault("SUPERAPP_STATE", "var/test")
    set_local_defaults()
    servers = ExitStack()
    servers.enter_context(running_servers())
    early_config.add_cleanup(servers.close)
