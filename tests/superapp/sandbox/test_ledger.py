from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from superapp.sandbox.agencies.ledger import Ledger, Submission
from superapp.sandbox.agencies.progress import STEPS


@pytest.fixture
def empty_ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "made" / "on demand")
    yield opened
    opened.close()


def open_case(ledger: Ledger, submission: Submission, kind: str = "instant", honours_key: bool = True) -> str:
    case, _ = ledger.open_case(kind, submission, status="received", steps=STEPS, honours_key=honours_key)
    return case.agency_reference


def test_arrivals_and_cases_are_counted_apart(empty_ledger: Ledger) -> None:
    submission = Submission("dlt", "r1", "k1")
    for answer in ("503", "reset", "201"):
        empty_ledger.record_arrival("instant", submission, answer=answer)
    open_case(empty_ledger, submission)

    assert empty_ledger.arrivals_by_reference(["r1", "r2"]) == {"r1": 3, "r2": 0}
    assert empty_ledger.cases_by_reference(["r1", "r2"]) == {"r1": 1, "r2": 0}
    assert empty_ledger.cases_by_reference([]) == {}


def test_a_key_is_of_one_agency_and_kind(empty_ledger: Ledger) -> None:
    first = open_case(empty_ledger, Submission("dlt", "r1", "k"))

    assert open_case(empty_ledger, Submission("dlt", "r1", "k")) == first
    assert open_case(empty_ledger, Submission("rd", "r1", "k")) != first
    assert open_case(empty_ledger, Submission("dlt", "r1", "k"), kind="slow") != first
    assert empty_ledger.cases_by_reference(["r1"]) == {"r1": 3}


def test_the_first_case_of_a_reference_is_found(empty_ledger: Ledger) -> None:
    first = open_case(empty_ledger, Submission("dlt", "r1", "k"), honours_key=False)
    open_case(empty_ledger, Submission("dlt", "r1", "k"), honours_key=False)

    found = empty_ledger.find_by_reference("instant", "dlt", "r1")
    assert found is not None
    assert found.agency_reference == first
    assert empty_ledger.find_by_reference("instant", "rd", "r1") is None


def test_many_threads_write_at_once(empty_ledger: Ledger) -> None:
    def work(number: int) -> str:
        submission = Submission("dlt", f"r{number}", f"k{number}")
        empty_ledger.record_arrival("instant", submission, answer="201")
        return open_case(empty_ledger, submission)

    with ThreadPoolExecutor(16) as pool:
        agency_references = set(pool.map(work, range(500)))

    assert len(agency_references) == 500
    assert set(empty_ledger.cases_by_reference(f"r{number}" for number in range(500)).values()) == {1}


def test_a_transaction_that_fails_leaves_nothing(empty_ledger: Ledger) -> None:
    def fail_after_an_insert() -> None:
        with empty_ledger.database.transaction() as connection:
            connection.execute(
                "INSERT INTO cases (kind, agency_code, reference, idempotency_key, agency_reference, status,"
                " opened_at) VALUES ('instant', 'dlt', 'r', 'k', 'DLT-1', 'received', 0)"
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_an_insert()
    assert empty_ledger.cases_by_reference(["r"]) == {"r": 0}
    open_case(empty_ledger, Submission("dlt", "r", "k"))
