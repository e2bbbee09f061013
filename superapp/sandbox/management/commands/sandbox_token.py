from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from citizens.identity.assurance import LOWEST_IAL, Assurance, level
from citizens.identity.citizens import citizen_identify
from citizens.identity.providers.base import VerifiedIdentity
from citizens.identity.tokens import access_token_issue
from citizens.models import Session
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.people import Person, person_for

_PROVIDER = ProviderCode.THAID


class Command(BaseCommand):
    help = (
        "Prints an access token of a test person, for people who try the API with curl. Only where the sandbox is on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--citizen", required=True, help="a valid 13-digit number")
        parser.add_argument("--ial", default="", help="as after a sign-in of this identity assurance level")

    def handle(self, *args: Any, citizen: str, ial: str = "", **options: Any) -> None:
        try:
            person = person_for(citizen)
        except ValueError as error:
            raise CommandError(str(error)) from None
        assurance = Assurance(ial=level(person.levels.get(_PROVIDER)) or LOWEST_IAL, aal=Decimal("2.2"))
        session = Session.objects.create(
            citizen=citizen_identify(_identity(person, assurance)),
            provider=_PROVIDER,
            ial=level(ial) or assurance.ial,
            aal=assurance.aal,
            authenticated_at=timezone.now(),
        )
        self.stdout.write(access_token_issue(session, lifetime=timedelta(hours=8)))


def _identity(person: Person, assurance: Assurance) -> VerifiedIdentity:
    claims = {
        "title_th": person.th.title,
        "given_name_th": person.th.given,
        "family_name_th": person.th.family,
        "name_th": f"{person.th.given} {person.th.family}",
        "birthdate": person.birthdate.isoformat(),
        "gender": person.gender,
        "address": person.address,
    }
    return VerifiedIdentity(_PROVIDER, person.number, person.number, claims, assurance)
