"""Everyday words, slips and odd input over the demo catalogue, which is loaded once."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services_catalog.models import Service
from services_catalog.search import index_fields, normalise, search, words
from services_catalog.search.keyboard import on_the_other_layout

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_catalogue")]


def first(query: str, count: int = 3) -> list[str]:
    return [service.name_th for service in search(Service.objects.all(), query)[:count]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ใบขับขี่", "ใบอนุญาตขับรถ"),
        ("ใบอนุญาตขับรถ", "ใบอนุญาตขับรถ"),
        ("ใบอนุญาติขับรถ", "ใบอนุญาตขับรถ"),
        ("driving licence", "ใบอนุญาตขับรถ"),
        ("driver's license", "ใบอนุญาตขับรถ"),
        ("พาสปอร์ต", "หนังสือเดินทาง"),
        ("passport", "หนังสือเดินทาง"),
    ],
)
def test_all_of_the_first_three_are_right(query: str, expected: str) -> None:
    assert len(first(query)) == 3
    assert all(expected in name for name in first(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("บัตรคนจน", "บัตรสวัสดิการแห่งรัฐ"),
        ("บัตรทอง", "สิทธิหลักประกันสุขภาพ"),
        ("บัตรปชช", "บัตรประจำตัวประชาชน"),
        ("บัตร ปชช", "บัตรประจำตัวประชาชน"),
        ("เบี้ยคนแก่", "เบี้ยยังชีพผู้สูงอายุ"),
        ("birth certificate", "แจ้งเกิด"),
        ("tax refund", "ขอคืนภาษี"),
        ("TAX Refund", "ขอคืนภาษี"),
        ("onet", "O-NET"),
        ("ภงด90", "ภาษีเงินได้"),
    ],
)
def test_everyday_words_find_the_official_name_first(query: str, expected: str) -> None:
    assert expected in first(query, 1)[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("เบียยังชีพผูสูงอายุ", "เบี้ยยังชีพผู้สูงอายุ"),
        ("ใบขับขี", "ใบอนุญาตขับรถ"),
        ("เเจ้งเกิด", "แจ้งเกิด"),
        ("พาสปอต", "หนังสือเดินทาง"),
        ("บัดประจำตัวประชาชน", "บัตรประจำตัวประชาชน"),
        ("สิทธ์หลักประกันสุขภาพ", "หลักประกันสุขภาพ"),
        ("pasport", "หนังสือเดินทาง"),
        ("pregnency maternity benifit", "คลอดบุตร"),
        ("ประกันสังคมมาตรา ๔๐", "มาตรา 40"),
        ("ใบ\u200bขับ\u200bขี่", "ใบอนุญาตขับรถ"),
        ("\ufeffใบขับขี่\u00a0สากล", "ระหว่างประเทศ"),
        ("ใบ ขับ ขี่", "ใบอนุญาตขับรถ"),
        ("เเ้จงเกิด", "แจ้งเกิด"),
    ],
)
def test_slips_do_not_matter(query: str, expected: str) -> None:
    assert any(expected in name for name in first(query))


@pytest.mark.parametrize(
    ("meant", "expected"),
    [("ใบขับขี่", "ใบอนุญาตขับรถ"), ("บัตรประชาชน", "บัตรประจำตัวประชาชน"), ("passport", "หนังสือเดินทาง")],
)
def test_the_wrong_keyboard_layout_is_understood(meant: str, expected: str) -> None:
    assert expected in first(on_the_other_layout(meant), 1)[0]


def test_the_layouts_are_each_other_s_inverse() -> None:
    assert on_the_other_layout("l;ylfu") == "สวัสดี"
    assert on_the_other_layout("สวัสดี") == "l;ylfu"


def test_the_very_name_comes_first(demo_catalogue: list[Service]) -> None:
    for service in demo_catalogue[::15]:
        assert first(service.name_th, 1) == [service.name_th]
        assert first(service.name_en.upper(), 1) == [service.name_th]


def test_every_alias_finds_its_service(demo_catalogue: list[Service]) -> None:
    for service in demo_catalogue[::10]:
        assert service.name_th in first(service.aliases[0], 5)


@pytest.mark.parametrize("query", ["", " ", "\u200b", "\u00a0\t\n"])
def test_an_empty_query_matches_all(query: str) -> None:
    assert search(Service.objects.all(), query).count() == 300


@pytest.mark.parametrize("query", ["!!!", "...", "'", "\\", ":*", "%", "_", "🙂", "|", "()&!", "ๆ", "\x00"])
def test_signs_alone_find_nothing_or_a_little_and_never_fail(query: str) -> None:
    assert len(first(query, 300)) in range(301)


@pytest.mark.parametrize(
    "query",
    [
        "ใบขับขี่" * 1300,
        "a " * 5000,
        "x" * 10_000,
        "ใบขับขี่ ' OR 1=1 --",
        "passport'); DROP TABLE x; --",
        "ก:* & | ! <-> (ข)",
        "100% _จริง_",
        "passport 🙂 \U0001f1f9\U0001f1ed",
        "passport\x00",
        "passport\ud800",
        "é ñ ß İ ﬁ",
        "1" * 50,
    ],
)
def test_odd_queries_never_fail(query: str) -> None:
    assert len(first(query, 300)) < 300


@pytest.mark.parametrize("query", ["zzqqxx", "ฮฮฮฮฮ", "qwrtpsdfg"])
def test_nonsense_finds_nothing(query: str) -> None:
    assert first(query) == []


def test_only_the_given_services_are_searched() -> None:
    services = Service.objects.filter(agency__code="consular")

    assert {service.agency.code for service in search(services, "จดทะเบียนสมรส").select_related("agency")} == {
        "consular"
    }


def test_the_number_of_queries_does_not_grow_with_what_is_found() -> None:
    def queries_for(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            first(query, 50)
        return len(captured)

    assert queries_for("ขอ") == queries_for("โดรนอากาศยานไร้คนขับ ผู้บังคับ") <= 12


def test_normalising_is_stable_and_tidies() -> None:
    assert normalise(" ขอ\u200bใบ\u00a0 เเจ้ง ๑๒ ABC ") == "ขอใบ แจ้ง 12 abc"
    for text in ("ใบขับขี่", "น\u0e4d\u0e49า", "Driver’s  Licence"):
        assert normalise(normalise(text)) == normalise(text)


def test_words_are_cut_in_thai_and_english() -> None:
    assert words(normalise("ขอใบอนุญาตขับรถ (รง.4) licences of O-NET")) == words("ขอ ใบอนุญาตขับรถ รง4 licence onet")


def test_the_index_is_made_of_names_aliases_descriptions_and_agency(demo_catalogue: list[Service]) -> None:
    service = demo_catalogue[0]
    names, aliases = service.search_text.split("\n")

    index_fields(service)

    assert names.count("|") == 3
    assert aliases.count("|") == len(service.aliases) + 1
    assert re.fullmatch(r"( \S+)+ ", service.search_words.split("\n")[2])
