"""The scrape and the rules name what `/metrics` has, as far as that can be told without Prometheus."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client
from pytest_django import Settings

from services_catalog.models import Breaker
from tests.deploy.descriptions import DEPLOY, compose

RULES: list[dict[str, Any]] = yaml.safe_load((DEPLOY / "prometheus-rules.yaml").read_text())["groups"][0]["rules"]
SCRAPE: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())


@pytest.mark.django_db
def test_the_rules_ask_for_metrics_that_exist(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "word"
    page = client.get("/metrics", headers={"authorization": "Bearer word"}).content.decode()
    told = set(re.findall(r"^# TYPE (\w+) ", page, re.MULTILINE))
    asked = {name for rule in RULES for name in re.findall(r"\bsuperapp_\w+", rule["expr"])}
    assert len(asked) >= 8
    assert asked <= told


def test_every_alert_says_how_urgent_it_is_and_what_is_wrong() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "write")
        assert len(rule["annotations"]["summary"]) > 20
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_a_breaker_that_probes_in_vain_has_not_closed() -> None:
    """Where an agency hangs, open and half_open take turns; only one rule over both lasts as long as the trouble."""
    [rule] = [rule for rule in RULES if rule["alert"] == "BreakerOpen"]
    [states] = re.findall(r'superapp_lane_breaker\{state=~"([^"]+)"\}', rule["expr"])
    assert {state for state in Breaker if re.fullmatch(states, state)} == set(Breaker) - {Breaker.CLOSED}
    assert rule["expr"].startswith("max by (service)")
    assert "$labels.service" in rule["annotations"]["summary"]


def test_it_scrapes_the_processes_of_compose() -> None:
    services = compose()["services"]
    web, workers = SCRAPE["scrape_configs"]
    assert web["static_configs"][0]["targets"] == ["web:8000"]
    [found] = workers["dns_sd_configs"]
    assert {services[name]["environment"]["METRICS_PORT"] for name in found["names"]} == {str(found["port"])}
    assert SCRAPE["rule_files"] == ["prometheus-rules.yaml"]
    assert all(one["authorization"]["credentials_file"] for one in SCRAPE["scrape_configs"])
