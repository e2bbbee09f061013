"""Finding services in everyday Thai and English.

Thai has no spaces, and people type it with slips: texts are compared in a folded form (text), everyday words mean
official ones by the alias table (meanings), and what matches is weighed word by word (ranking). A query that finds
nothing is read once more as typed on the other keyboard layout (keyboard).
"""

from services_catalog.search.finding import search
from services_catalog.search.index import index_fields
from services_catalog.search.suggesting import suggest
from services_catalog.search.text import normalise, words

__all__ = ["index_fields", "normalise", "search", "suggest", "words"]
