"""From what was typed to services, best first: the indexes choose candidates, `ranking` orders them."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db import connections, transaction
from django.db.models import F, Func, IntegerField, Q, QuerySet, TextField, UUIDField, Value

from services_catalog.models import Service
from services_catalog.search.keyboard import plausible_layouts
from services_catalog.search.meanings import aliases
from services_catalog.search.ranking import COVERED_A_LITTLE, COVERED_ENOUGH, Candidate, is_exact_only, rank
from services_catalog.search.reading import Reading, Slot, read
from services_catalog.search.text import normalise
from services_catalog.search.vocabulary import Vocabulary, vocabulary

_LONGEST_QUERY = 200
_MOST_FOUND = 200
_SIMILAR_ENOUGH = 0.45
# Below this the best match is doubtful, and texts that only look like the query are considered, too.
_SURE = 0.6
_NAMES = Func(F("search_text"), Value("\n"), Value(1), function="split_part", output_field=TextField())


def search(services: QuerySet[Service], query: str) -> QuerySet[Service]:
    """The services that match, best first and at most 200. An empty query matches all."""
    typed = query[:_LONGEST_QUERY]
    if not normalise(typed):
        return services
    found = _find(services, typed)
    position = Func(
        Value(found, output_field=ArrayField(UUIDField())),
        F("pk"),
        function="array_position",
        output_field=IntegerField(),
    )
    return services.filter(pk__in=found).order_by(position)


def _find(services: QuerySet[Service], typed: str) -> list[UUID]:
    known, everyday = vocabulary(), aliases()
    readings = [read(normalise(text), known, everyday) for text in plausible_layouts(typed)]
    reading = max(readings, key=lambda one: one.understood)
    if not reading.slots:
        return []
    fields = services.order_by().values_list("pk", "code", "search_text", "search_words")
    candidates = {row[0]: Candidate(*row) for row in fields.filter(_may_have(COVERED_ENOUGH, reading, known))}
    found = rank(candidates.values(), reading, known, enough=COVERED_ENOUGH)
    if not found or found[0][0] < _SURE:
        for *row, in_names, in_all in _similar(fields, reading.text):
            candidate = candidates.setdefault(row[0], Candidate(*row))
            candidate.in_names, candidate.in_all = in_names, in_all
        found = rank(candidates.values(), reading, known, enough=COVERED_ENOUGH)
    if not found:
        candidates |= {row[0]: Candidate(*row) for row in fields.filter(_may_have(COVERED_A_LITTLE, reading, known))}
        found = rank(candidates.values(), reading, known, enough=COVERED_A_LITTLE)
    return [pk for _, pk in found[:_MOST_FOUND]]


def _may_have(enough: float, reading: Reading, known: Vocabulary) -> Q:
    """What a service must have one of: without all of it the rest of the query is worth less than `enough`."""
    needed: list[Slot] = []
    rest = 1.0
    for slot in sorted(reading.slots, key=lambda slot: -slot.worth):
        if needed and rest < enough:
            break
        needed.append(slot)
        rest -= slot.worth
    return _has_any(known.rarest(of) for slot in needed for _, of in slot.alternatives)


def _has_any(vocabulary: Iterable[str]) -> Q:
    return reduce(or_, (_has(word) for word in dict.fromkeys(vocabulary)))


def _has(word: str) -> Q:
    """Thai words are found inside others, too."""
    prefix = "" if is_exact_only(word) else ":*"
    has = Q(search_vector=SearchQuery(f"'{word}'{prefix}", search_type="raw", config="simple"))
    return has if word.isascii() or not prefix else has | Q(search_text__contains=word)


def _similar(fields: "QuerySet[Service, tuple[Any, ...]]", text: str) -> list[tuple[Any, ...]]:
    """Rows of `fields` and two similarities, for services whose names or aliases are like the text."""
    similar = fields.filter(search_text__trigram_word_similar=text).annotate(
        in_names=TrigramWordSimilarity(text, _NAMES), in_all=TrigramWordSimilarity(text, "search_text")
    )
    with transaction.atomic(using=fields.db), connections[fields.db].cursor() as cursor:
        # What the operator that the trigram index answers compares with; the default 0.6 misses most slips.
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(_SIMILAR_ENOUGH)])
        return list(similar)
