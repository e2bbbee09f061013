"""What is one and the same in two providers' words, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizens.identity.comparing import differing_claims

SAME_NAMES = [
    ("สมชาย", "สมชาย\u200b"),
    ("สมชาย", " สมชาย\u00a0"),
    ("ณ อยุธยา", "ณ   อยุธยา"),
    ("ณ อยุธยา", "ณอยุธยา"),
    ("แดง", "เเดง"),
    ("น้ำ", "น\u0e4d\u0e49\u0e32"),
    ("สมชาย", "นายสมชาย"),
    ("สมหญิง", "น.ส. สมหญิง"),
    ("สมชาย", "ด.ช.สมชาย"),
    ("นายิกา", "นายิกา"),
    ("Somchai", "SOMCHAI"),
    ("Somchai", "Mr. Somchai"),
    ("José", "Jose\u0301"),
    ("ชาย 2", "ชาย ๒"),
    ("สมชาย", "Somchai"),
    ("สมชาย", ""),
]
OTHER_NAMES = [("สมชาย", "สมหญิง"), ("นิดา", "นดา"), ("ก้อง", "ก่อง"), ("Somchai", "Somsak"), ("นาย", "นาง")]

SAME_BIRTHDATES = [
    ("1987-05-01", "19870501"),
    ("1987-05-01", "2530-05-01"),
    ("1987-05-01", "01/05/2530"),
    ("1987-05-01", "๒๕๓๐-๐๕-๐๑"),
    ("1987-05-01", "1987"),
    ("1987-05-01", "1987-05"),
    ("1987-05-01", "198705--"),
    ("1987-05-01", "1987----"),
    ("1987-05-01", "25300500"),
    ("1987----", "198706--"),
    ("1987-05-01", "May first"),
    ("1987-05-01", "1987-13-45"),
    ("1935-02-03", "1936-02-03"),
]
OTHER_BIRTHDATES = [
    ("1987-05-01", "1987-05-02"),
    ("1987-05-01", "198706--"),
    ("1987-05-01", "1988----"),
    ("1987-05-01", "2531-05-01"),
    ("1935-06-03", "1936-06-03"),
    ("1985-02-03", "1986-02-03"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
@pytest.mark.parametrize("claim", ["given_name_th", "family_name_th"])
def test_names_that_people_read_alike_are_one(claim: str, one: str, other: str) -> None:
    assert differing_claims({claim: one}, {claim: other}) == []
    assert differing_claims({claim: other}, {claim: one}) == []


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_other_names_differ(one: str, other: str) -> None:
    assert differing_claims({"given_name_th": one}, {"given_name_th": other}) == ["given_name_th"]
    assert differing_claims({"given_name_th": other}, {"given_name_th": one}) == ["given_name_th"]


@pytest.mark.parametrize(("one", "other"), SAME_BIRTHDATES)
def test_birthdates_agree_as_far_as_both_are_known(one: str, other: str) -> None:
    assert differing_claims({"birthdate": one}, {"birthdate": other}) == []
    assert differing_claims({"birthdate": other}, {"birthdate": one}) == []


@pytest.mark.parametrize(("one", "other"), OTHER_BIRTHDATES)
def test_other_birthdates_differ(one: str, other: str) -> None:
    assert differing_claims({"birthdate": one}, {"birthdate": other}) == ["birthdate"]


def test_genders_are_compared_in_any_spelling() -> None:
    assert differing_claims({"gender": "male"}, {"gender": "ชาย"}) == []
    assert differing_claims({"gender": "male"}, {"gender": "F"}) == ["gender"]
    assert differing_claims({"gender": "male"}, {"gender": "9"}) == []


def test_full_names_are_compared_where_one_does_not_give_the_parts() -> None:
    parts = {"given_name_th": "สมชาย", "family_name_th": "ใจดี", "name_th": "สมชาย ใจดี"}
    assert differing_claims(parts, {"name_th": "นายสมชาย  ใจดี"}) == []
    assert differing_claims(parts, {"name_th": "นายสมชาย ใจร้าย"}) == ["name_th"]


def test_titles_and_addresses_are_not_compared() -> None:
    assert (
        differing_claims({"title_th": "นางสาว", "address": "กรุงเทพ"}, {"title_th": "นาง", "address": "เชียงใหม่"}) == []
    )


@given(st.dictionaries(st.sampled_from(["given_name_th", "name_th", "birthdate", "gender"]), st.text(max_size=30)))
def test_nothing_differs_from_itself_and_nothing_breaks(claims: dict[str, str]) -> None:
    assert differing_claims(claims, claims) == []


@given(*[st.dictionaries(st.sampled_from(["given_name_th", "birthdate"]), st.text(max_size=12))] * 2)
def test_a_difference_is_one_from_either_side(one: dict[str, str], other: dict[str, str]) -> None:
    assert differing_claims(one, other) == differing_claims(other, one)
