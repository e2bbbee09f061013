"""Searches that found nothing: counted for staff, never with the citizen."""

import re

from django.db.models import F
from django.utils import timezone

from services_catalog.models import SearchAlias, Service, UnansweredQuery
from services_catalog.search import normalise, search

_LONGEST = 100
_MOST_KEPT = 1000
# A national ID has 13 digits, a telephone number nine or ten, however people group them.
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){5,}")
_ADDRESS = re.compile(r"\S+@\S+")


def unanswered_query_count(query: str) -> None:
    """Adds one to a query that found nothing. One statement for a known one; the least asked make room for new ones."""
    text = _without_persons(normalise(query))[:_LONGEST].strip()
    if not text:
        return
    now = timezone.now()
    if UnansweredQuery.objects.filter(text=text).update(count=F("count") + 1, last_at=now):
        return
    UnansweredQuery.objects.bulk_create([UnansweredQuery(text=text, last_at=now)], ignore_conflicts=True)
    excess = UnansweredQuery.objects.order_by("-count", "-last_at").values_list("pk", flat=True)[_MOST_KEPT:]
    UnansweredQuery.objects.filter(pk__in=list(excess)).delete()


def unanswered_queries_settle(alias: SearchAlias) -> None:
    """Takes away the queries that hold the term of a new or changed alias: staff have dealt with them."""
    spaceless = alias.term.replace(" ", "")
    rows = UnansweredQuery.objects.values_list("pk", "text")
    UnansweredQuery.objects.filter(pk__in=[pk for pk, text in rows if spaceless in text.replace(" ", "")]).delete()


def unanswered_queries_look_again(pks: list[int]) -> int:
    """Takes away those of the given queries that find something now; how many."""
    published = Service.objects.published()
    rows = UnansweredQuery.objects.filter(pk__in=pks)
    answered = [row.pk for row in rows if search(published, row.text).exists()]
    UnansweredQuery.objects.filter(pk__in=answered).delete()
    return len(answered)


def _without_persons(text: str) -> str:
    return _LONG_NUMBER.sub("#", _ADDRESS.sub("@", text))
