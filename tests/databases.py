"""Where the suite's own database is, for processes that the tests start."""

from urllib.parse import quote

from django.db import connection


def suite_database_url() -> str:
    """The URL of the database that pytest-django has made; never the one DATABASE_URL names."""
    database = connection.settings_dict
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"] or "", safe="")
    host, port = quote(database["HOST"], safe=""), database["PORT"]
    who = f"{user}:{password}" if password else user
    return f"postgresql://{who}@{host}{f':{port}' if port else ''}/{database['NAME']}"
