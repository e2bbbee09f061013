"""What the search reads of a service.

`search_text` has two lines, folded and squeezed: |Thai name|English name| and |alias|alias|…|. Its trigram index finds
parts of names and similar ones. `search_words` has the words of these, the descriptions and the agency's names.
"""

from collections.abc import Iterable

from services_catalog.models import Service
from services_catalog.search.text import fold, normalise, squeeze, words


def index_fields(service: Service) -> None:
    """Fills what the search reads from the texts of an unsaved service and its agency."""
    names = [service.name_th, service.name_en]
    agency = service.agency
    more = [service.description_th, service.description_en, agency.name_th, agency.name_en]
    service.search_text = _line(names) + "\n" + _line(service.aliases)
    texts = [*names, *service.aliases, *more]
    service.search_words = " ".join(dict.fromkeys(word for text in texts for word in words(normalise(text))))


def _line(texts: Iterable[str]) -> str:
    return "".join(["|", *(f"{comparable(text)}|" for text in texts if text)])


def comparable(text: str) -> str:
    """As texts stand in `search_text`."""
    return squeeze(fold(normalise(text))).replace("|", " ")
