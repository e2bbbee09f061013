"""Numbers of the people's register."""

from stdnum.th import moa, pin


def is_national_id(value: str) -> bool:
    """13 digits with a right check digit: a citizen's number, stateless people's (first digit 0) included.

    Companies' numbers begin with 0, a province and a kind, stateless people's with 0, a province and a district: the
    two cannot be told apart, so both pass. 099 is no province; such numbers are public bodies' only.
    """
    if not (len(value) == 13 and value.isascii() and value.isdigit()):
        return False
    return pin.is_valid(value) or (moa.is_valid(value) and not value.startswith("099"))


def masked(national_id: str) -> str:
    """As a form shows it to somebody who knows it: 1-xxxx-xxxxx-12-1."""
    return f"{national_id[0]}-xxxx-xxxxx-{national_id[10:12]}-{national_id[12]}"
