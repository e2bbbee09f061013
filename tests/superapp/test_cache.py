"""The cache's client is kept from call to call."""

import secrets

import pytest
import redis
from django.conf import settings
from django.core.cache import cache


@pytest.fixture
def key() -> str:
    return f"test:{secrets.token_hex(8)}"


def test_what_was_kept_is_found_by_many_keys_and_by_one(key: str) -> None:
    cache.set_many({key: 1, f"{key} with spaces and ไทย": "text"}, timeout=60)
    assert cache.get_many([key, f"{key} with spaces and ไทย", f"{key}:none"]) == {
        key: 1,
        f"{key} with spaces and ไทย": "text",
    }
    cache.delete(key)
    assert cache.get(key, "gone") == "gone"


def test_a_connection_that_the_server_has_closed_is_made_anew(key: str) -> None:
    cache.set(key, 1, timeout=60)
    with redis.Redis.from_url(str(settings.CACHES["default"]["LOCATION"])) as server:
        server.client_kill_filter(_type="normal", skipme=True)
    assert cache.get(key) == 1
