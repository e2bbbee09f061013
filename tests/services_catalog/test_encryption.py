"""Blobs and fingerprints at rest."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from services_catalog.encryption import (
    CannotDecrypt,
    decrypt,
    decrypt_json,
    encrypt,
    encrypt_json,
    fingerprint,
    fingerprints,
    lock_number,
)

ROW = "citizen:1:national_id"
NEW_KEY, OLD_KEY = os.urandom(32), os.urandom(32)


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_what_goes_in_comes_out(plaintext: bytes, bound_to: str) -> None:
    bound_to = bound_to.encode(errors="replace").decode()

    assert decrypt(encrypt(plaintext, bound_to=bound_to), bound_to=bound_to) == plaintext


@pytest.mark.parametrize("value", [None, 1, "ก", {"ชื่อ": ["a", 1.5, True]}])
def test_json_comes_out_as_it_went_in(value: object) -> None:
    assert decrypt_json(memoryview(encrypt_json(value, bound_to=ROW)), bound_to=ROW) == value


def test_the_blob_shows_nothing_and_is_never_the_same() -> None:
    first, second = (encrypt(b"1234567890121", bound_to=ROW) for _ in range(2))

    assert b"1234567890121" not in first
    assert first != second


def test_a_blob_moved_to_another_row_does_not_open() -> None:
    blob = encrypt(b"secret", bound_to="citizen:1")

    with pytest.raises(CannotDecrypt):
        decrypt(blob, bound_to="citizen:2")


def test_an_old_key_still_reads_and_the_first_one_writes(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"old": OLD_KEY}
    blob = encrypt(b"secret", bound_to=ROW)

    settings.ENCRYPTION_KEYS = {"new": NEW_KEY, "old": OLD_KEY}

    assert decrypt(blob, bound_to=ROW) == b"secret"
    assert encrypt(b"secret", bound_to=ROW)[1:4] == b"new"


def test_without_its_key_a_blob_does_not_open(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = {"old": OLD_KEY}
    blob = encrypt(b"secret", bound_to=ROW)

    settings.ENCRYPTION_KEYS = {"new": NEW_KEY}
    with pytest.raises(CannotDecrypt, match="unknown key id"):
        decrypt(blob, bound_to=ROW)
    settings.ENCRYPTION_KEYS = {"old": NEW_KEY}
    with pytest.raises(CannotDecrypt):
        decrypt(blob, bound_to=ROW)


def test_no_changed_byte_goes_unnoticed() -> None:
    blob = encrypt(b"secret", bound_to=ROW)

    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(CannotDecrypt):
            decrypt(bytes(changed), bound_to=ROW)


def test_no_cut_goes_unnoticed() -> None:
    blob = encrypt(b"secret", bound_to=ROW)

    for length in range(len(blob)):
        with pytest.raises(CannotDecrypt):
            decrypt(blob[:length], bound_to=ROW)


def test_fingerprints_are_equal_for_equal_values_of_one_purpose_only(settings: Settings) -> None:
    one = fingerprint(b"1234567890121", purpose="national-id")

    assert len(one) == 32
    assert fingerprint(b"1234567890121", purpose="national-id") == one
    assert fingerprint(b"1234567890121", purpose="phone") != one
    assert fingerprint(b"2000000000007", purpose="national-id") != one
    settings.LOOKUP_KEYS = {"new": os.urandom(32)}
    assert fingerprint(b"1234567890121", purpose="national-id") != one


def test_a_value_is_found_under_every_look_up_key_and_written_under_the_first(settings: Settings) -> None:
    settings.LOOKUP_KEYS = {"old": OLD_KEY}
    before = fingerprint(b"1234567890121", purpose="national-id")

    settings.LOOKUP_KEYS = {"new": NEW_KEY, "old": OLD_KEY}
    after = fingerprint(b"1234567890121", purpose="national-id")

    assert after != before
    assert fingerprints(b"1234567890121", purpose="national-id") == [after, before]


def test_processes_that_write_with_different_look_up_keys_lock_the_same(settings: Settings) -> None:
    settings.LOOKUP_KEYS = {"2": NEW_KEY, "1": OLD_KEY}
    early = lock_number(b"1234567890121", purpose="national-id")

    settings.LOOKUP_KEYS = {"1": OLD_KEY, "2": NEW_KEY}
    late = lock_number(b"1234567890121", purpose="national-id")

    assert early == late
    assert lock_number(b"2000000000007", purpose="national-id") != late
    assert 0 <= late < 2**63
