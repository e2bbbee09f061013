"""Where a file waits between the page that shows what it would change and the click that has it done."""

from import_export.tmp_storages import CacheStorage


class UploadStorage(CacheStorage):  # type: ignore[misc]
    """In the cache, which all web processes share."""

    CACHE_LIFETIME = 3600
