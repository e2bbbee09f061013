from collections.abc import Callable

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

TOKEN = "a token for the tests"

# name, labels → value
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def token(settings: Settings) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def samples_of(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def scrape(client: Client, db: None) -> Callable[[], "Page"]:
    def scrape() -> Page:
        response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        return Page(response.content.decode())

    return scrape


class Page:
    """What Prometheus understands of an answer."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples = samples_of(text)

    def value(self, name: str, **labels: str) -> float | None:
        """None where there is no such sample."""
        return self._samples.get((name, tuple(sorted(labels.items()))))

    def names(self) -> set[str]:
        return {name for name, _ in self._samples}
