from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from citizens.models import LinkedIdentity
from services_catalog.models import AgencyCredential
from services_catalog.services.audit import acting
from services_catalog.services.operator_actions import doer_at_the_command_line
from superapp.operations.keys.rotation import rotation_run


class Command(BaseCommand):
    help = "Moves what is encrypted, and the fingerprints of numbers and accounts, to the keys that write now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is under old keys; fails if any is")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        left = unreadable = 0
        with acting(doer_at_the_command_line()):
            for found in rotation_run(write=not check):
                left, unreadable = left + found.old, unreadable + found.unreadable
                self.stdout.write(
                    f"{found.name}: {found.moved} moved, {found.old} under old keys, {found.unreadable} unreadable"
                )
        self._tell_what_cannot_be_moved()
        if left or unreadable:
            raise CommandError(f"{left} values are under old keys, {unreadable} no key opens: keep the old keys.")

    def _tell_what_cannot_be_moved(self) -> None:
        """For LOOKUP_KEYS only: what we keep no plain value of."""
        has_key = Q(api_key_primary__isnull=False) | Q(api_key_secondary__isnull=False)
        agencies = AgencyCredential.objects.filter(has_key).count()
        linked = LinkedIdentity.objects.filter(subject_encrypted=None).count()
        self.stdout.write(
            "An old look-up key has to stay for what cannot be recomputed: "
            f"the API keys of {agencies} agencies until each has been renewed since the change; "
            f"{linked} identities of before their subject was kept, until their citizens sign in; "
            "what recognises a submission or answer that is sent twice, for a week."
        )
