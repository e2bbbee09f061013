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
from services_catalog.search.keyboard import on_the_other_layout
from services_catalog.search.meanings import meanings
from services_catalog.search.ranking import (
    COVERED_A_LITTLE,
    COVERED_ENOUGH,
    Candidate,
    Likeness,
    is_exact_only,
    rank,
    read,
)
from services_catalog.search.text import normalise, words

_LONGEST_QUERY = 200
_MOST_FOUND = 200
_SIMILAR_ENOUGH = 0.45
_NAMES = Func(F("search_text"), Value("\n"), Value(1), function="split_part", output_field=TextField())


def search(services: QuerySet[Service], query: str) -> QuerySet[Service]:
    """The services that match, best first and at most 200. An empty query matches all."""
    typed = query[:_LONGEST_QUERY]
    if not normalise(typed):
        return services
    found = (
        _find(services, typed, COVERED_ENOUGH)
        or _find(services, on_the_other_layout(typed), COVERED_ENOUGH)
        or _find(services, typed, COVERED_A_LITTLE)
    )
    position = Func(
        Value(found, output_field=ArrayField(UUIDField())),
        F("pk"),
        function="array_position",
        output_field=IntegerField(),
    )
    return services.filter(pk__in=found).order_by(position)


def _find(services: QuerySet[Service], typed: str, enough: float) -> list[UUID]:
    query = normalise(typed)
    if not words(query):
        return []
    readings = [read(text) for text in meanings(query)]
    fields = services.order_by().values_list("pk", "code", "search_text", "search_words")
    by_words = fields.filter(_has_any(word for reading in readings for word in reading.words))
    candidates = {row[0]: Candidate(*row) for row in by_words}
    for reading in readings:
        for *row, in_names, in_all in _similar(fields, reading.comparable):
            candidate = candidates.setdefault(row[0], Candidate(*row))
            candidate.likeness[reading.comparable] = Likeness(in_names, in_all)
    return rank(candidates.values(), readings, total=services.count(), enough=enough)[:_MOST_FOUND]


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
