import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.troublesome import ALL_BEHAVIOURS, HangingAgency, ObliviousAgency
from superapp.sandbox.client import Reply
from superapp.sandbox.server import Sandbox, serve

SECRET = "a secret of the tests"


@pytest.fixture
def sandbox(platform_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setattr(HangingAgency, "seconds", 0.3)
    monkeypatch.setattr(ObliviousAgency, "seconds", 0.01)
    running = serve(platform_url=platform_url, state=tmp_path, secret=SECRET, behaviours=ALL_BEHAVIOURS)
    yield running
    running.stop()


@pytest.mark.parametrize(("number", "cases"), [(2, 1), (3, 0)])
def test_hanging_takes_every_other_reference_and_answers_only_the_second_call(
    sandbox: Sandbox,
    ledger: Ledger,
    submit: Callable[..., Reply],
    look_up: Callable[[str, str], Reply],
    number: int,
    cases: int,
) -> None:
    reference = str(UUID(int=uuid4().int >> 2 << 2 | number))
    with pytest.raises((OSError, http.client.HTTPException)):
        submit(sandbox.urls["hanging"], reference)
    assert ledger.cases_by_reference([reference]) == {reference: cases}
    assert look_up(sandbox.urls["hanging"], reference).status == (200 if cases else 404)
    assert submit(sandbox.urls["hanging"], reference).status == (200 if cases else 201)
    assert ledger.cases_by_reference([reference]) == {reference: 1}


def test_oblivious_opens_a_case_each_time(sandbox: Sandbox, ledger: Ledger, submit: Callable[..., Reply]) -> None:
    reference = str(UUID(int=uuid4().int | 1))
    assert [submit(sandbox.urls["oblivious"], reference).status for _ in range(2)] == [201, 201]
    assert ledger.cases_by_reference([reference]) == {reference: 2}


def test_oblivious_loses_some_answers(sandbox: Sandbox, ledger: Ledger, submit: Callable[..., Reply]) -> None:
    reference = str(UUID(int=uuid4().int >> 3 << 3))
    with pytest.raises((OSError, http.client.HTTPException)):
        submit(sandbox.urls["oblivious"], reference)
    assert ledger.cases_by_reference([reference]) == {reference: 1}
