"""A peer's own database on the server that has ours."""

from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import urlencode

import psycopg
from django.db import connection
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database; `url` is one that libpq and SQLAlchemy both read."""

    url: str

    def number(self, query: LiteralString) -> int:
        """The one number that a query gives."""
        with psycopg.connect(self.url, autocommit=True) as session:
            row = session.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def settle(self) -> None:
        """Statistics and free space as after a quiet hour, and nothing left for a checkpoint."""
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute("VACUUM ANALYZE")
            session.execute("CHECKPOINT")


def our_database() -> Database:
    """The one of our own models."""
    return _database(str(connection.settings_dict["NAME"]))


def make_database(name: str) -> Database:
    """A new one; what had that name is gone."""
    with psycopg.connect(our_database().url, autocommit=True) as session:
        for statement in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
            session.execute(sql.SQL(statement).format(sql.Identifier(name)))
    return _database(name)


def _database(name: str) -> Database:
    server = connection.settings_dict
    parameters = {
        "host": server["HOST"],
        "port": server["PORT"],
        "user": server["USER"],
        "password": server["PASSWORD"],
    }
    return Database(f"postgresql:///{name}?{urlencode({key: value for key, value in parameters.items() if value})}")
