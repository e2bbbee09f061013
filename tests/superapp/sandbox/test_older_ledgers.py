import sqlite3
from pathlib import Path

from superapp.sandbox.agencies.ledger import Ledger, Submission


def test_a_ledger_from_before_request_ids_is_still_good(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as older:
        for table in ("arrivals", "cases"):
            older.execute(f"ALTER TABLE {table} DROP COLUMN request_id")
    older.close()
    for _ in range(2):
        ledger = Ledger(tmp_path)
        ledger.record_arrival("instant", Submission("dlt", "r1", "k1", "phone-0001"), answer="201")
        ledger.close()
    ledger = Ledger(tmp_path)
    rows = ledger.database.rows("SELECT request_id FROM arrivals")
    ledger.close()
    assert [row["request_id"] for row in rows] == ["phone-0001", "phone-0001"]
