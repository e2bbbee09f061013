"""The shared cache, at what a look-up in every call may cost."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property


class KeptClient(RedisCacheClient):
    """Keeps the client that Django's would make anew for each call, which takes longer than most calls do."""

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: object = None, *, write: bool = False) -> Any:
        return self._kept


class KeptRedisCache(RedisCache):
    """One server. Redis takes any key, so none is looked through for what memcached does not take."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def validate_key(self, key: str) -> None:
        pass
