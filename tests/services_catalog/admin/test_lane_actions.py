"""What officers do to lanes: asked for a reason, kept, and never to a neighbour's."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone

from services_catalog.models import Lane, Officer, OperatorAction, Outage
from services_catalog.services.operator_actions import Doer
from services_catalog.services.outages import outage_end
from tests.services_catalog.admin.conftest import AgencyRows, make_officer, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db

LIST = page(Lane, "changelist")
MESSAGE = {"message_th": "ปิดชั่วคราว", "message_en": "Closed for now"}
PLAN = {
    "starts_at_0": "2099-01-01",
    "starts_at_1": "01:00",
    "ends_at_0": "2099-01-01",
    "ends_at_1": "03:00",
    **MESSAGE,
}
# Every action of the list, and what its page asks for beside the reason.
ACTIONS: dict[str, dict[str, str]] = {
    "pause": {},
    "resume": {},
    "probe": {},
    "hold_breaker_open": {},
    "hold_breaker_closed": {},
    "release_breaker": {},
    "force_outage": {},
    "end_outages": {},
    "plan_outage": PLAN,
}
LIMITS = {
    "slots": "3",
    "call_deadline_seconds": "5",
    "rate_per_second": "7",
    "rate_per_day": "",
    "give_up_after_days": "2",
    "opens_at": "08:30",
    "closes_at": "16:30",
    "open_weekdays": ["1", "2", "3"],
}


def run(client: Client, action: str, *lanes: Lane, reason: str = "they move", **given: Any) -> str:
    data = {"action": action, "_selected_action": [str(lane.pk) for lane in lanes], "confirmed": "1", "reason": reason}
    return client.post(LIST, {**data, **given}, follow=True, headers={"accept-language": "en"}).text


def now_of(lane: Lane) -> Lane:
    return Lane.objects.get(pk=lane.pk)


def done_to(lane: Lane) -> list[str]:
    """What is kept of this lane, but for the outage that the fixtures plan."""
    actions = OperatorAction.objects.filter(subject_id=lane.pk).order_by("id")
    return list(actions.values_list("action", flat=True))[1:]


def test_the_actions_are_all_tried_here() -> None:
    assert set(admin.site._registry[Lane].actions or []) == set(ACTIONS)


def test_an_action_first_asks_why(operator: Client, own: AgencyRows) -> None:
    data = {"action": "pause", "_selected_action": [str(own.lane.pk)]}
    asked = operator.post(LIST, data, headers={"accept-language": "en"})
    assert 'name="reason"' in asked.text
    assert own.service.name_en in asked.text
    assert not now_of(own.lane).paused


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_happens(operator: Client, own: AgencyRows, action: str, reason: str) -> None:
    before = model_to_dict(own.lane), Outage.objects.count()
    text = run(operator, action, own.lane, reason=reason, **ACTIONS[action])
    assert "This field is required." in text
    assert (model_to_dict(now_of(own.lane)), Outage.objects.count()) == before
    assert done_to(own.lane) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_a_neighbours_lane_is_out_of_reach(
    agency_officer: Client, own: AgencyRows, foreign: AgencyRows, action: str
) -> None:
    lane = foreign.lane
    Lane.objects.filter(pk=lane.pk).update(
        paused=action == "resume", breaker="open", breaker_override="open" if action == "release_breaker" else ""
    )
    Outage.objects.filter(lane=lane).update(starts_at=timezone.now())
    before = model_to_dict(now_of(lane)), list(Outage.objects.filter(lane=lane).values())
    assert foreign.service.code not in run(agency_officer, action, lane, **ACTIONS[action])
    assert (model_to_dict(now_of(lane)), list(Outage.objects.filter(lane=lane).values())) == before
    assert done_to(lane) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_only_look_is_offered_no_action(own: AgencyRows, action: str) -> None:
    reviewer = signed_in(make_officer("reviewer", "platform_reviewer"))
    before = model_to_dict(own.lane), Outage.objects.count()
    run(reviewer, action, own.lane, **ACTIONS[action])
    assert (model_to_dict(now_of(own.lane)), Outage.objects.count()) == before
    assert reviewer.get(page(Lane, "change", own.lane)).status_code == 200


def test_pause_and_resume_are_kept_with_who_and_why(operator: Client, own: AgencyRows) -> None:
    assert "Done: 1." in run(operator, "pause", own.lane, reason=" they move ")
    assert now_of(own.lane).paused
    assert "so it was already" in run(operator, "pause", own.lane)
    run(operator, "resume", own.lane, reason="they are back")
    assert not now_of(own.lane).paused
    assert done_to(own.lane) == ["lane_pause", "lane_resume"]
    kept = OperatorAction.objects.get(action="lane_pause")
    assert (kept.by, kept.officer, kept.reason) == ("operator", Officer.objects.get(username="operator"), "they move")
    assert (kept.agency, kept.subject_name, kept.changes) == (own.agency, "own-licence", {"paused": [False, True]})


def test_several_lanes_at_once(superuser: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    assert "Done: 2." in run(superuser, "pause", own.lane, foreign.lane)
    assert Lane.objects.filter(paused=True).count() == 2
    assert done_to(own.lane) == done_to(foreign.lane) == ["lane_pause"]


def test_the_breaker_is_held_and_let_go(operator: Client, own: AgencyRows) -> None:
    for action, held in {"hold_breaker_open": "open", "hold_breaker_closed": "closed", "release_breaker": ""}.items():
        run(operator, action, own.lane)
        assert now_of(own.lane).breaker_override == held
    assert done_to(own.lane) == ["lane_breaker_hold"] * 3


def test_only_an_open_breaker_is_probed(operator: Client, own: AgencyRows) -> None:
    assert "so it was already" in run(operator, "probe", own.lane)
    later = timezone.now() + timedelta(minutes=1)
    Lane.objects.filter(pk=own.lane.pk).update(breaker="open", breaker_probe_at=later)
    assert "Done: 1." in run(operator, "probe", own.lane)
    due = now_of(own.lane).breaker_probe_at
    assert due is not None
    assert due <= timezone.now()
    assert done_to(own.lane) == ["lane_probe_now"]


def test_an_outage_is_forced_once_and_ended(operator: Client, own: AgencyRows) -> None:
    run(operator, "force_outage", own.lane, **MESSAGE)
    assert "so it was already" in run(operator, "force_outage", own.lane)
    outage = Outage.objects.get(kind="forced")
    assert (outage.ends_at, outage.message_en) == (None, "Closed for now")
    assert "Outage" in operator.get(LIST, headers={"accept-language": "en"}).text
    run(operator, "end_outages", own.lane)
    outage.refresh_from_db()
    assert outage.ends_at is not None
    assert outage.ends_at <= timezone.now()
    assert done_to(own.lane) == ["outage_force", "outage_end"]
    assert Outage.objects.filter(kind="planned").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_en": ""},
        {"ends_at_1": "00:30"},
        {"starts_at_0": "2001-01-01", "ends_at_0": "2001-01-01"},
        {"starts_at_0": "never"},
    ],
)
def test_a_plan_that_cannot_be_is_refused(agency_officer: Client, own: AgencyRows, wrong: dict[str, str]) -> None:
    text = run(agency_officer, "plan_outage", own.lane, **{**PLAN, **wrong})
    assert 'role="alert"' in text
    assert Outage.objects.count() == 1


def test_an_outage_is_planned_for_several_lanes(superuser: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    run(superuser, "plan_outage", own.lane, foreign.lane, **PLAN)
    planned = Outage.objects.filter(starts_at__year__gte=2098)
    assert {one.lane_id for one in planned} == {own.lane.pk, foreign.lane.pk}
    assert {one.announced_by for one in planned} == {Officer.objects.get(username="root")}


def test_an_outage_may_close_the_service(operator: Client, own: AgencyRows) -> None:
    run(operator, "plan_outage", own.lane, **PLAN, meanwhile="closed")
    run(operator, "force_outage", own.lane, meanwhile="queue")
    assert 'role="alert"' in run(operator, "force_outage", own.lane, meanwhile="perhaps")
    planned = Outage.objects.get(starts_at__year__gte=2098)
    assert (planned.meanwhile, Outage.objects.get(kind="forced").meanwhile) == ("closed", "queue")


def test_a_message_in_one_language_is_refused(operator: Client, own: AgencyRows) -> None:
    assert "both languages" in run(operator, "force_outage", own.lane, message_th="ปิด")
    assert not Outage.objects.filter(kind="forced").exists()


def test_an_outage_that_has_not_begun_is_called_off(agency_officer: Client, own: AgencyRows) -> None:
    data = {"action": "end", "_selected_action": [str(own.outage.pk)], "confirmed": "1", "reason": "not needed"}
    agency_officer.post(page(Outage, "changelist"), data)
    assert not Outage.objects.exists()
    assert done_to(own.lane) == ["outage_end"]


def test_what_an_operator_forced_operators_end(agency_officer: Client, operator: Client, own: AgencyRows) -> None:
    forced = Outage.objects.create(lane=own.lane, kind="forced", starts_at=timezone.now())
    data = {"action": "end", "_selected_action": [str(forced.pk)], "confirmed": "1", "reason": "it is over"}
    agency_officer.post(page(Outage, "changelist"), data)
    assert Outage.objects.filter(pk=forced.pk, ends_at=None).exists()
    operator.post(page(Outage, "changelist"), data)
    assert not Outage.objects.filter(pk=forced.pk, ends_at=None).exists()


def test_an_agencys_administrator_stops_own_lanes_and_starts_them_again(own: AgencyRows, foreign: AgencyRows) -> None:
    administrator = signed_in(make_officer("head", "agency_administrator", agency=own.agency))
    for action in ("pause", "force_outage"):
        run(administrator, action, own.lane, foreign.lane)
    assert [now_of(lane).paused for lane in (own.lane, foreign.lane)] == [True, False]
    forced = Outage.objects.get(kind="forced")
    assert forced.lane == own.lane
    assert Lane.objects.with_outage(timezone.now()).get(pk=own.lane.pk).usable_slots(timezone.now()) == 0
    run(administrator, "resume", own.lane)
    data = {"action": "end", "_selected_action": [str(forced.pk)], "confirmed": "1", "reason": "it is mended"}
    administrator.post(page(Outage, "changelist"), data)
    assert Lane.objects.with_outage(timezone.now()).get(pk=own.lane.pk).usable_slots(timezone.now()) == 8
    assert done_to(own.lane) == ["lane_pause", "outage_force", "lane_resume", "outage_end"]
    assert done_to(foreign.lane) == []


def test_a_neighbours_outage_is_out_of_reach(agency_officer: Client, own: AgencyRows, foreign: AgencyRows) -> None:
    data = {"action": "end", "_selected_action": [str(foreign.outage.pk)], "confirmed": "1", "reason": "not needed"}
    agency_officer.post(page(Outage, "changelist"), data)
    assert Outage.objects.filter(pk=foreign.outage.pk, ends_at=foreign.outage.ends_at).exists()


def limits_page(client: Client, lane: Lane) -> dict[str, Any]:
    """What a browser sends back of a lane's page on which nothing was changed."""
    form = client.get(page(Lane, "change", lane)).context["adminform"].form
    sent: dict[str, Any] = {}
    for name in LIMITS:
        value = form.initial[name]
        kept = [str(one) for one in value] if isinstance(value, list) else "" if value is None else str(value)
        assert f'name="initial-{name}"' in str(form[name])
        sent |= {name: kept, f"initial-{name}": kept}
    return sent


def save_limits(client: Client, lane: Lane, sent: dict[str, Any], **given: Any) -> Any:
    data = {**sent, "reason": "their new server", **given}
    return client.post(page(Lane, "change", lane), data, headers={"accept-language": "en"})


def change_limits(client: Client, lane: Lane, **given: Any) -> Any:
    return save_limits(client, lane, limits_page(client, lane), **{**LIMITS, **given})


def test_a_page_that_was_opened_long_ago_undoes_nothing(
    agency_officer: Client, operator: Client, own: AgencyRows
) -> None:
    stale = limits_page(agency_officer, own.lane)
    assert change_limits(operator, own.lane, slots="1").status_code == 302
    assert save_limits(agency_officer, own.lane, stale, rate_per_day="900").status_code == 302
    lane = now_of(own.lane)
    assert (lane.slots, lane.rate_per_day, lane.rate_per_second) == (1, 900, 7)
    assert OperatorAction.objects.latest("id").changes == {"rate_per_day": [None, 900]}


@pytest.mark.parametrize("mine", [{"slots": "5"}, {"rate_per_second": "9"}, {"open_weekdays": ["7"]}])
def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    agency_officer: Client, operator: Client, own: AgencyRows, mine: dict[str, Any]
) -> None:
    stale = limits_page(agency_officer, own.lane)
    change_limits(operator, own.lane)
    before, kept = model_to_dict(now_of(own.lane)), OperatorAction.objects.count()
    refused = save_limits(agency_officer, own.lane, stale, **mine)
    assert "Somebody has changed this since you opened the page" in refused.text
    assert (model_to_dict(now_of(own.lane)), OperatorAction.objects.count()) == (before, kept)


def test_an_officer_sets_the_limits_of_an_own_lane(
    agency_officer: Client, own: AgencyRows, foreign: AgencyRows
) -> None:
    smuggled = {"paused": "on", "breaker": "open", "recent_call_ms": "9", "service": str(foreign.service.pk)}
    Lane.objects.filter(pk=own.lane.pk).update(recent_call_ms=77)
    assert change_limits(agency_officer, own.lane, **smuggled).status_code == 302
    lane = now_of(own.lane)
    assert (lane.slots, lane.call_deadline_seconds, lane.rate_per_second, lane.rate_per_day) == (3, 5, 7, None)
    assert (str(lane.opens_at), lane.open_weekdays, lane.give_up_after_days) == ("08:30:00", [1, 2, 3], 2)
    assert (lane.paused, lane.breaker, lane.recent_call_ms) == (False, "closed", 77)
    kept = OperatorAction.objects.get(action="lane_limits_change")
    assert kept.reason == "their new server"
    assert kept.changes["slots"] == [8, 3]
    assert kept.changes["opens_at"] == [None, "08:30:00"]
    assert "rate_per_day" not in kept.changes


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": " "}, "This field is required."),
        ({"slots": "0"}, "greater than or equal to 1"),
        ({"closes_at": ""}, "Opening hours need both ends"),
        ({"open_weekdays": ["8"]}, "not one of the available choices"),
    ],
)
def test_limits_that_cannot_be_are_refused(
    agency_officer: Client, own: AgencyRows, wrong: dict[str, Any], sentence: str
) -> None:
    response = change_limits(agency_officer, own.lane, **wrong)
    assert response.status_code == 200
    assert sentence in response.text
    assert now_of(own.lane).slots == 8
    assert done_to(own.lane) == []


def test_the_limits_of_a_neighbours_lane_stay(agency_officer: Client, foreign: AgencyRows) -> None:
    assert save_limits(agency_officer, foreign.lane, LIMITS).status_code in (302, 403)
    assert now_of(foreign.lane).slots == 8


def test_what_was_done_is_on_the_page_and_in_the_history(operator: Client, own: AgencyRows) -> None:
    run(operator, "pause", own.lane, reason="their cables are cut")
    for name in ("change", "history"):
        text = operator.get(page(Lane, name, own.lane), headers={"accept-language": "en"}).text
        assert "their cables are cut" in text
        assert "Lane paused" in text


@pytest.mark.parametrize(("role", "is_told"), [("platform_reviewer", False), ("platform_administrator", True)])
def test_reasons_are_read_by_whoever_may_see_operator_actions(
    operator: Client, own: AgencyRows, role: str, *, is_told: bool
) -> None:
    run(operator, "pause", own.lane, reason="their cables are cut")
    reader = signed_in(make_officer("reader", role))
    for row in (own.lane, own.outage):
        for name in ("change", "history"):
            answer = reader.get(page(type(row), name, row), headers={"accept-language": "en"})
            assert answer.status_code == 200
            assert ("their cables are cut" in answer.text, "What operators did" in answer.text) == (is_told, is_told)


@pytest.mark.parametrize(
    ("lane", "is_shown"), [({}, True), ({"breaker_override": "open"}, False), ({"breaker": "closed"}, False)]
)
def test_a_lanes_page_promises_no_probe_that_will_not_come(
    operator: Client, own: AgencyRows, lane: dict[str, str], *, is_shown: bool
) -> None:
    probe_at = timezone.now().replace(year=2099)
    Lane.objects.filter(pk=own.lane.pk).update(**{"breaker": "open", "breaker_probe_at": probe_at, **lane})
    assert ("2099" in operator.get(page(Lane, "change", own.lane)).text) is is_shown


@pytest.mark.parametrize("keys", [["x"], ["x", "\x00"], ["x", None]])
def test_a_key_that_cannot_be_one_is_passed_over(operator: Client, own: AgencyRows, keys: list[str | None]) -> None:
    ticked = [key or str(own.lane.pk) for key in keys]
    data = {"action": "pause", "_selected_action": ticked, "confirmed": "1", "reason": "they move"}
    assert operator.post(LIST, data).status_code == 302
    assert now_of(own.lane).paused is (None in keys)


def test_two_who_call_off_the_same_outage_do_it_once(own: AgencyRows) -> None:
    by = Doer("somebody of the platform")
    assert outage_end(outage_id=own.outage.pk, by=by, reason="not needed")
    assert not outage_end(outage_id=own.outage.pk, by=by, reason="not needed")
    assert done_to(own.lane) == ["outage_end"]


def test_a_name_may_be_as_long_as_officers_names_may(own: AgencyRows) -> None:
    officer = make_officer("long", "operator", first_name="a" * 150, last_name="b" * 150)
    assert "Done: 1." in run(signed_in(officer), "pause", own.lane)
    assert OperatorAction.objects.get(action="lane_pause").by == "a" * 150


def test_the_buttons_of_a_lanes_page_are_the_lists_actions(operator: Client, own: AgencyRows) -> None:
    text = operator.get(page(Lane, "change", own.lane)).text
    assert [action for action in ACTIONS if f'name="action" value="{action}"' not in text] == []


def test_it_leads_back_to_where_it_began_but_nowhere_else(operator: Client, own: AgencyRows) -> None:
    data = {"_selected_action": [str(own.lane.pk)], "confirmed": "1", "reason": "they move"}
    back = operator.post(LIST, {**data, "action": "pause", "next": "/admin/operations/?all=1"})
    assert back["Location"] == "/admin/operations/?all=1"
    away = operator.post(LIST, {**data, "action": "resume", "next": "https://evil.example/"})
    assert away["Location"].startswith(LIST)
