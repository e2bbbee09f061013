import pytest
from stdnum.th import moa, pin

from superapp.sandbox.credentials import agency_credentials, client_secret
from superapp.sandbox.people import TEST_PEOPLE, check_digit, person_for


def test_test_people_have_valid_numbers() -> None:
    assert all(check_digit(person.number[:12]) == person.number[12] for person in TEST_PEOPLE)
    assert all(pin.is_valid(person.number) or moa.is_valid(person.number) for person in TEST_PEOPLE)
    assert sum(person.number.startswith("0") for person in TEST_PEOPLE) == 1


def test_a_made_up_person_is_always_the_same() -> None:
    number = "110000000001" + check_digit("110000000001")

    assert person_for(number) == person_for(number)
    assert person_for(number).name_th.startswith(("นาย", "นาง"))
    assert person_for(number) not in TEST_PEOPLE


@pytest.mark.parametrize("number", ["1234567890123", "123456789012", "12345678901210", "๑๒๓๔๕๖๗๘๙๐๑๒๑", ""])
def test_an_invalid_number_is_nobody(number: str) -> None:
    with pytest.raises(ValueError, match="13-digit"):
        person_for(number)


def test_credentials_depend_on_agency_and_secret() -> None:
    dlt = agency_credentials("dlt", secret="one")

    assert dlt == agency_credentials("dlt", secret="one")
    assert dlt.callback_secret.startswith("whsec_")
    others = [agency_credentials("rd", secret="one"), agency_credentials("dlt", secret="two")]
    secrets = {
        secret
        for credentials in (dlt, *others)
        for secret in (credentials.api_key, credentials.callback_secret, credentials.outgoing_secret)
    }
    assert len(secrets) == 9
    assert client_secret("thaid", secret="one") != client_secret("thaid", secret="two")
    assert dlt.api_key not in repr(dlt)
