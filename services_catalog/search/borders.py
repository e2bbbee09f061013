"""Where in a query words may begin and end."""

from collections.abc import Iterator, Sequence

from services_catalog.search.text import is_known_thai, says_nothing
from services_catalog.search.vocabulary import Vocabulary

# A word this long is hardly found by chance; one found where other words were typed is less likely than those.
_LONG, _TYPED_WORDS = 6, 0.85
_SHORTEST_BEGUN = 4
# Thai signs that cannot begin a word, and vowels that cannot end one.
_NOT_FIRST = frozenset("ะาำิีึืุูๅั")
_NOT_LAST = frozenset("เแโไั")


class Borders:
    """Where words may begin and end: between typed words, and anywhere within those that the catalogue lacks."""

    def __init__(self, text: str, typed_words: Sequence[tuple[str, int]], vocabulary: Vocabulary) -> None:
        self.text = text
        self.between = {0, len(text)}
        self.within: set[int] = set()
        self.unusual: set[int] = set()
        self.unknown: set[int] = set()
        self.begun = [
            (start, start + len(word))
            for word, start in typed_words
            if word.isascii() and len(word) >= _SHORTEST_BEGUN and word not in vocabulary.services
        ]
        self.begun += [
            (start, len(text))
            for _, start in typed_words
            if not text[start:].isascii() and len(text) - start >= _SHORTEST_BEGUN
        ]
        for word, start in typed_words:
            self.between |= {start, start + len(word)}
            if word not in vocabulary.services and not says_nothing(word):
                letters = set(range(start, start + len(word)))
                self.unusual |= letters
                self.unknown |= set() if is_known_thai(word) else letters
                self.within |= {at for at in range(start + 1, start + len(word)) if self._may_cut(at)}

    def _may_cut(self, at: int) -> bool:
        return self.text[at] not in _NOT_FIRST and self.text[at - 1] not in _NOT_LAST and not self.text[at].isascii()

    def hold(self, start: int, end: int) -> bool:
        both = self.between | self.within
        return start in both and end in both

    def beginnings(self, term: str) -> Iterator[tuple[int, int]]:
        """Typed words, and ends of the text, that a longer everyday term begins with."""
        for start, end in self.begun:
            if end - start < len(term) and term.startswith(self.text[start:end]):
                yield start, end

    def doubt(self, start: int, end: int, length: int) -> float:
        """How likely a word of a length was meant where others were typed: 1 where they are no words at all, else less,
        and 0 where they are words of the catalogue and the word is a short one."""
        span = range(start, end)
        if any(at in self.unknown for at in span):
            return 1.0
        return _TYPED_WORDS if length >= _LONG or any(at in self.unusual for at in span) else 0.0
