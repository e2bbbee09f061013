"""One database for each length of history, on one server, of which Django uses one at a time."""

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class GrowthDatabases:
    """Begins with the database of the settings, which becomes that of the first size."""

    def __init__(self) -> None:
        self._newest: BaseDatabaseWrapper = connections["default"]
        self._by_size: dict[int, BaseDatabaseWrapper] = {}

    def copy_for(self, size: int) -> None:
        """Makes the database of `size`, as yet with the history of the size before, and uses it."""
        if self._by_size:
            template = str(self._newest.settings_dict["NAME"])
            self._newest = self._newest.copy()
            self._newest.settings_dict["NAME"] = f"growth_{size}"
            self._copy(template, f"growth_{size}")
        self._by_size[size] = self._newest
        self.use(size)

    def use(self, size: int) -> None:
        """From now on the default connection is to the database of `size`; each keeps its own."""
        connections["default"] = self._by_size[size]

    def size(self) -> str:
        """Of the database in use, as `123 MB`."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
            return str(cursor.fetchone()[0])

    def _copy(self, template: str, name: str) -> None:
        connection.close()  # a template is copied while nobody uses it
        administration = self._newest.copy()
        administration.settings_dict["NAME"] = "postgres"
        with administration.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        administration.close()
