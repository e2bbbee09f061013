"""Searches that found nothing: who reads them, what is kept of them, and how they go away."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from services_catalog.models import Agency, Officer, SearchAlias, Service, UnansweredQuery
from services_catalog.services import unanswered_queries
from services_catalog.services.unanswered_queries import unanswered_query_count
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("admin:services_catalog_unansweredquery_changelist")
ADD_ALIAS = reverse("admin:services_catalog_searchalias_add")


def ask(client: Client, query: str) -> None:
    assert client.get("/api/v1/services", {"q": query}).status_code == 200


@pytest.fixture
def published(db: None) -> Service:
    return factories.make_service(factories.make_agency())


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(Officer.objects.create(username="root", is_staff=True, is_superuser=True))
    return client


def test_a_search_without_results_is_counted_once_per_text(client: Client) -> None:
    for query in ("ยานอวกาศ", "ยานอวกาศ\u200b ", "spaceship"):
        ask(client, query)
    assert dict(UnansweredQuery.objects.values_list("text", "count")) == {"ยานอวกาศ": 2, "spaceship": 1}


def test_a_search_with_results_is_not_counted(client: Client, published: Service) -> None:
    ask(client, published.name_th)
    ask(client, "")
    assert not UnansweredQuery.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("บัตร 1234567890123", "บัตร #"),
        ("1-2345-67890-12-3 คืน", "# คืน"),
        ("๑๒๓๔๕๖๗๘๙๐๑๒๓", "#"),
        ("081 234 5678 โทร", "# โทร"),
        ("somchai@example.org หาย", "@ หาย"),
        ("มาตรา 40 ปี 2568", "มาตรา 40 ปี 2568"),
    ],
)
def test_numbers_and_addresses_of_persons_are_not_kept(typed: str, kept: str) -> None:
    unanswered_query_count(typed)
    assert UnansweredQuery.objects.get().text == kept


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered_queries, "_MOST_KEPT", 3)
    for text in ("often", "often", "first", "second", "third", "x" * 5000):
        unanswered_query_count(text)
    kept = list(UnansweredQuery.objects.order_by("-count", "-last_at").values_list("text", flat=True))
    assert kept == ["often", "x" * 100, "third"]


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\x00"])
def test_nothing_is_not_counted(typed: str) -> None:
    unanswered_query_count(typed)
    assert not UnansweredQuery.objects.exists()


def test_one_click_makes_an_alias_and_the_query_goes(staff: Client) -> None:
    for text in ("ยานอวกาศ", "ซื้อ ยาน อวกาศ", "เรือดำน้ำ"):
        unanswered_query_count(text)
    page = staff.get(LIST).content.decode()
    link = f"{ADD_ALIAS}?term=%E0%B8%A2%E0%B8%B2%E0%B8%99%E0%B8%AD%E0%B8%A7%E0%B8%81%E0%B8%B2%E0%B8%A8"
    assert link in page
    assert 'value="ยานอวกาศ"' in staff.get(link).content.decode()

    answer = staff.post(ADD_ALIAS, {"term": "ยานอวกาศ", "means": "อากาศยาน, ดาวเทียม"})

    assert answer.status_code == 302
    assert SearchAlias.objects.get().means == "อากาศยาน, ดาวเทียม"
    assert list(UnansweredQuery.objects.values_list("text", flat=True)) == ["เรือดำน้ำ"]


def test_looking_again_drops_what_finds_something_now(staff: Client, published: Service) -> None:
    unanswered_query_count(published.name_th)
    unanswered_query_count("ยานอวกาศ")
    pks = list(UnansweredQuery.objects.values_list("pk", flat=True))
    staff.post(LIST, {"action": "look_again", "_selected_action": pks})
    assert list(UnansweredQuery.objects.values_list("text", flat=True)) == ["ยานอวกาศ"]


@pytest.mark.parametrize("term", ["พาสปอร์ต\u200b", " พาสปอร์ต"])
def test_an_alias_that_is_there_already_is_refused_in_words(staff: Client, term: str) -> None:
    SearchAlias.objects.create(term="พาสปอร์ต", means="หนังสือเดินทาง")
    assert staff.post(ADD_ALIAS, {"term": term, "means": "เล่ม"}).status_code == 200
    assert SearchAlias.objects.count() == 1


def test_an_alias_of_nothing_is_refused_in_words(staff: Client) -> None:
    assert staff.post(ADD_ALIAS, {"term": "\u200b", "means": "เล่ม"}).status_code == 200
    assert not SearchAlias.objects.exists()


def test_officers_of_agencies_do_not_see_them(client: Client, an_agency: Agency) -> None:
    query = UnansweredQuery.objects.create(text="ยานอวกาศ", last_at=timezone.now())
    client.force_login(Officer.objects.create(username="officer", is_staff=True, agency=an_agency))
    assert client.get(LIST).status_code == 403
    assert client.get(reverse("admin:services_catalog_unansweredquery_delete", args=[query.pk])).status_code == 403
    assert client.get(ADD_ALIAS).status_code == 403
