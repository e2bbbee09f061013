"""A scrape while the database is away still tells what the process knows."""

from collections.abc import Callable

import pytest
from django.db import connection

from tests.superapp.operations.metrics.conftest import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lost_database_is_told_and_no_error(scrape: Callable[[], Page]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
    other.close()
    page = scrape()
    connection.close()
    assert page.value("superapp_database_up") == 0
    assert page.value("superapp_nudges_failed_total") is not None
    assert page.value("superapp_untold_failures") is None
    assert scrape().value("superapp_database_up") == 1
