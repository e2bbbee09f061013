"""Which addresses a call may go to (rule 12)."""

import pytest
from pytest_django import Settings

from services_catalog.adapters.addresses import AddressRefused, checked_address
from tests.services_catalog.adapters.conftest import Resolve

PUBLIC, PUBLIC_6 = "203.150.19.30", "2405:9800::1"
NEVER = [
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "224.0.0.1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::cb96:131e",
    "64:ff9b:1::1",
    "2002:a9fe:a9fe::1",
    "2002:cb96:131e::1",
    "fec0::1",
]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]
PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd00::1",
    "fd00:ec2::254",
    "::ffff:10.1.2.3",
    "0.0.0.0",
    "::",
    "240.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
]


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> None:
    settings.SANDBOX = False
    settings.EGRESS_HOSTS = ["*.go.th", "*.or.th"]
    settings.EGRESS_PRIVATE_NETWORKS = {}


def refused(host: str) -> bool:
    try:
        checked_address(host, 443)
    except AddressRefused:
        return True
    return False


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_6])
def test_an_allowed_host_with_a_public_address_may_be_called(resolve: Resolve, address: str) -> None:
    resolve("api.dlt.go.th", [address])
    assert checked_address("api.dlt.go.th", 443) == address


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "go.th",
        "go.th.evil.example",
        "xgo.th",
        "api.dlt.go.th.",
        "api.dlt.go.th@evil.example",
        "203.150.19.30",
        "127.0.0.1",
        "localhost",
        "",
    ],
)
def test_a_host_that_is_not_on_the_list_is_not_even_looked_up(resolve: Resolve, host: str) -> None:
    resolve(host, [PUBLIC])
    with pytest.raises(AddressRefused, match="not on the allow list"):
        checked_address(host, 443)


def test_names_have_no_case(resolve: Resolve) -> None:
    resolve("API.DLT.GO.TH", [PUBLIC])
    assert checked_address("API.DLT.GO.TH", 443) == PUBLIC


@pytest.mark.parametrize("address", [*NEVER, *LOOPBACK, *PRIVATE])
def test_an_allowed_host_may_not_lead_inside(resolve: Resolve, address: str) -> None:
    resolve("api.dlt.go.th", [address])
    assert refused("api.dlt.go.th")


@pytest.mark.parametrize("inner", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "fd00::1"])
def test_a_name_is_refused_when_one_of_its_addresses_is(resolve: Resolve, inner: str) -> None:
    resolve("api.dlt.go.th", [PUBLIC, inner])
    resolve("api.dla.go.th", [inner, PUBLIC])
    assert refused("api.dlt.go.th")
    assert refused("api.dla.go.th")


def test_a_private_host_may_be_called_in_its_own_network_only(resolve: Resolve, settings: Settings) -> None:
    settings.EGRESS_PRIVATE_NETWORKS = {"gateway.internal": "10.20.0.0/16"}
    resolve("gateway.internal", ["10.20.3.4"], ["10.21.3.4"], ["192.168.0.1"], [PUBLIC], ["10.20.3.4", "10.99.0.1"])
    assert checked_address("gateway.internal", 443) == "10.20.3.4"
    assert [refused("gateway.internal") for _ in range(4)] == [True] * 4


def test_the_network_of_a_private_host_opens_no_other_host(resolve: Resolve, settings: Settings) -> None:
    settings.EGRESS_PRIVATE_NETWORKS = {"gateway.internal": "10.20.0.0/16"}
    resolve("api.dlt.go.th", ["10.20.3.4"])
    assert refused("api.dlt.go.th")


@pytest.mark.parametrize("address", NEVER)
def test_not_even_a_private_host_may_be_at_an_address_that_is_never_called(
    resolve: Resolve, settings: Settings, address: str
) -> None:
    everything = "::/0" if ":" in address and "::ffff:" not in address else "0.0.0.0/0"
    settings.EGRESS_PRIVATE_NETWORKS = {"gateway.internal": everything}
    settings.SANDBOX = True
    resolve("gateway.internal", [address])
    assert refused("gateway.internal")


@pytest.mark.parametrize(("address", "network"), [("127.0.0.1", "127.0.0.0/8"), ("::1", "::1/128")])
def test_loopback_is_for_the_sandbox_alone(resolve: Resolve, settings: Settings, address: str, network: str) -> None:
    settings.EGRESS_PRIVATE_NETWORKS = {"sandbox": network}
    resolve("sandbox", [address])
    assert refused("sandbox")
    settings.SANDBOX = True
    assert checked_address("sandbox", 443) == address


def test_a_name_that_does_not_resolve_is_not_a_refusal(resolve: Resolve) -> None:
    resolve("gone.go.th", [])
    with pytest.raises(OSError, match="not known"):
        checked_address("gone.go.th", 443)
