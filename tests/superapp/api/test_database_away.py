"""What callers are told while the database is away."""

import pytest
from django.db import connection
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lost_database_is_503_and_not_a_bug_of_the_caller() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])
    other.close()
    answer = APIClient().get("/api/v1/services")
    connection.close()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["code"] == "temporarily_unavailable"
    assert APIClient().get("/api/v1/services").status_code == 200
