"""Where a word stands in a text with slips."""

import pytest

from services_catalog.search.spelling import misspelt


@pytest.mark.parametrize(
    ("word", "text", "slips"),
    [
        ("passport", "pasport", 1.0),
        ("passport", "pasprot", 2.0),
        ("licence", "mylicenceplease", 0.0),
        ("ว่างงาน", "ว่างงงาน", 1.0),
        ("ละลาย", "ละราย", 0.5),
        ("สุงอายุ", "สูงอายุ", 0.5),
        ("trade", "tarde", 1.0),
    ],
)
def test_the_fewest_slips_count(word: str, text: str, slips: float) -> None:
    places = misspelt(word, text)
    assert {place.slips for place in places} == {slips}
    assert all(0 <= place.start < place.end <= len(text) for place in places)


def test_a_word_that_is_not_there_has_no_place() -> None:
    assert misspelt("passport", "restaurant") == []
    assert misspelt("abc", "abd") == []  # too short to say


def test_the_place_is_told() -> None:
    (place,) = misspelt("licence", "my licence please")
    assert "my licence please"[place.start : place.end] == "licence"
