"""Finding services in everyday Thai and English.

Thai has no spaces, and people type it with slips: texts are compared in a folded form (text); a query is divided into
words of the catalogue (vocabulary) and everyday terms that mean official ones (meanings), spelt rightly or not
(reading, pieces, borders, spelling), on the keyboard layout that makes more of it (keyboard); and what matches is
weighed word by word (ranking).
"""

from services_catalog.search.finding import search
from services_catalog.search.index import index_fields
from services_catalog.search.suggesting import suggest
from services_catalog.search.text import normalise, words

__all__ = ["index_fields", "normalise", "search", "suggest", "words"]
