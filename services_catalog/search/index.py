"""What the search reads of a service.

`search_text` has two lines, folded and squeezed: |Thai name|English name| and |alias|alias|…|. Its trigram index finds
parts of names, and names like what was typed. `search_words` has three lines of words: of the names, of the aliases,
and of the descriptions and the agency's names; of a Thai compound its parts, too. Each line begins and ends with a
space.
"""

from collections.abc import Iterable

from services_catalog.models import Service
from services_catalog.search.text import comparable, normalise, parts, words


def index_fields(service: Service) -> None:
    """Fills what the search reads from the texts of an unsaved service and its agency."""
    names, aliases = [service.name_th, service.name_en], service.aliases
    agency = service.agency
    others = [service.description_th, service.description_en, agency.name_th, agency.name_en]
    service.search_text = "\n".join(map(_text_line, (names, aliases)))
    service.search_words = "\n".join(map(_word_line, (names, aliases, others)))


def _text_line(texts: Iterable[str]) -> str:
    return "".join(["|", *(f"{comparable(text)}|" for text in texts if text)])


def _word_line(texts: Iterable[str]) -> str:
    found = [word for text in texts for word in words(normalise(text))]
    return " ".join(["", *dict.fromkeys(one for word in found for one in (word, *parts(word))), ""])
