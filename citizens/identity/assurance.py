"""How sure we are who is asking (ETDA ขมธอ. 18–20): numbers that are compared as numbers."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation

LOWEST_IAL = Decimal("1.1")
LOWEST_AAL = Decimal("1.0")


@dataclass(frozen=True, slots=True)
class Assurance:
    """Identity and authentication assurance levels of a sign-in."""

    ial: Decimal
    aal: Decimal

    def reaches(self, ial: Decimal, aal: Decimal) -> bool:
        return self.ial >= ial and self.aal >= aal


def level(value: object) -> Decimal | None:
    """A level as a provider writes it ("2.3", 2.3), rounded down to one place; None when it is no level."""
    try:
        parsed = Decimal(str(value))
    except InvalidOperation:
        return None
    if not (parsed.is_finite() and Decimal(1) <= parsed <= Decimal(3)):
        return None
    return parsed.quantize(Decimal("0.1"), rounding=ROUND_DOWN)
