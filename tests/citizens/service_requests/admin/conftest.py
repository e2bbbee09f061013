from collections.abc import Iterator

import pytest

from services_catalog.adapters import http


@pytest.fixture(scope="package", autouse=True)
def _no_connection_is_kept_beyond_these_tests() -> Iterator[None]:
    yield
    http.close_idle_connections()
