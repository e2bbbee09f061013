"""Finding services in everyday Thai and English.

Thai has no spaces: words come from PyThaiNLP's newmm (offline), and an alias table turns everyday words into the
official ones. A service matches by words (prefix), by substring or by similarity; exact beats word beats similar.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from pythainlp.tokenize import word_tokenize
from pythainlp.util import normalize as normalise_thai
from pythainlp.util import thai_digit_to_arabic_digit

from services_catalog.models import SearchAlias, Service

_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_SPACES = re.compile(r"[\s\u00a0]+")
_NOT_A_WORD = re.compile(r"[^\w\u0e00-\u0e7f]+")
_SIMILAR_ENOUGH = 0.45
_LONGEST_QUERY = 200


def normalise(text: str) -> str:
    """The form texts are compared in: NFC, no invisible characters, Arabic digits, tidy Thai vowels, lower case."""
    text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()
    return normalise_thai(thai_digit_to_arabic_digit(text)).lower()


def words(text: str) -> list[str]:
    """The words of a normalised text, without spaces and punctuation."""
    found = word_tokenize(text, engine="newmm", keep_whitespace=False)
    return [word for word in (_NOT_A_WORD.sub("", piece) for piece in found) if word]


def index_fields(service: Service) -> None:
    """Fills what the search reads from the texts of an unsaved service."""
    texts = [service.name_th, service.name_en, *service.aliases]
    service.search_text = normalise(" | ".join(text for text in texts if text))
    service.search_words = " ".join(words(service.search_text))


def _meanings(query: str) -> list[str]:
    """The query, and what it says in official words where it holds an everyday one."""
    aliases = SearchAlias.objects.annotate(query=Value(query)).filter(query__contains=F("term"))
    return [query, *(query.replace(alias.term, alias.means) for alias in aliases)]


def _word_query(text: str) -> SearchQuery | None:
    terms = [re.sub(r"['\\:&|!()<>*]", "", word) for word in words(text)]
    raw = " & ".join(f"'{term}':*" for term in terms if term)
    return SearchQuery(raw, search_type="raw", config="simple") if raw else None


def search(services: QuerySet[Service], query: str) -> QuerySet[Service]:
    """The services that match, best first. An empty query matches all."""
    query = normalise(query[:_LONGEST_QUERY])
    if not query:
        return services
    matches, ranks = Q(), []
    for weight, meaning in _weighted(_meanings(query)):
        similarity = TrigramWordSimilarity(meaning, "search_text")
        found = Q(search_text__contains=meaning) | Q(search_text__trigram_word_similar=meaning)
        whens = [When(search_text__contains=meaning, then=Value(2.0 * weight))]
        if word_query := _word_query(meaning):
            found |= Q(search_vector=word_query)
            whens.append(When(search_vector=word_query, then=Value(1.0 * weight)))
        matches |= found
        ranks.append(Case(*whens, default=Value(0.0), output_field=FloatField()) + similarity)
    rank = Greatest(*ranks) if len(ranks) > 1 else ranks[0]
    return services.filter(matches).annotate(rank=rank).order_by("-rank", "code")


def _weighted(meanings: Iterable[str]) -> Iterable[tuple[float, str]]:
    """What the alias table says counts more than the everyday word itself."""
    for position, meaning in enumerate(meanings):
        yield (1.0 if position == 0 else 1.5), meaning
