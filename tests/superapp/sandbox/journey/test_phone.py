"""A phone that insists: the same key until there is an answer that will not change."""

import time
from collections.abc import Callable, Iterator

import pytest

from superapp.sandbox.journey import phone as phones
from superapp.sandbox.journey.phone import Phone, PhoneError
from superapp.sandbox.listener import HangUp, Listener, Request, Response, json_response

ACCEPTED = json_response(202, {"id": "1"})


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Phone, list[str]]]]:
    """platform(*answers) gives a phone of a platform that answers so, and the keys it gets."""
    monkeypatch.setattr(phones, "_FIRST_WAIT", 0.01)
    opened: list[Phone | Listener] = []

    def start(*answers: Response | HangUp) -> tuple[Phone, list[str]]:
        keys: list[str] = []

        def answer(request: Request) -> Response | HangUp:
            keys.append(request.headers["Idempotency-Key"])
            return answers[min(len(keys), len(answers)) - 1]

        listener = Listener(0, lambda _url: answer)
        phone = Phone(listener.url)
        opened.extend([phone, listener])
        return phone, keys

    yield start
    for one in opened:
        one.close() if isinstance(one, Phone) else one.stop()


def test_it_repeats_until_it_is_told_for_good(platform: Callable[..., tuple[Phone, list[str]]]) -> None:
    twin = json_response(409, {"code": "submission_in_progress"})
    phone, keys = platform(HangUp.RESET, HangUp.CLOSED, Response(503), twin, Response(429), ACCEPTED)
    assert phone.insist("a", 1, {}, "key", patience=10).status_code == 202
    assert keys == ["key"] * 6


@pytest.mark.parametrize("answer", [json_response(409, {"code": "already_sent"}), Response(422), Response(404)])
def test_a_refusal_is_an_answer(platform: Callable[..., tuple[Phone, list[str]]], answer: Response) -> None:
    phone, keys = platform(answer)
    assert phone.insist("a", 1, {}, "key", patience=10).status_code == answer.status
    assert keys == ["key"]


def test_it_waits_as_long_as_it_is_asked_to(platform: Callable[..., tuple[Phone, list[str]]]) -> None:
    phone, _ = platform(Response(429, headers={"Retry-After": "1"}), ACCEPTED)
    started = time.monotonic()
    assert phone.insist("a", 1, {}, "key", patience=10).status_code == 202
    assert time.monotonic() - started >= 1


def test_it_gives_up_when_its_patience_ends(platform: Callable[..., tuple[Phone, list[str]]]) -> None:
    phone, keys = platform(Response(503))
    with pytest.raises(PhoneError, match="no answer within"):
        phone.insist("a", 1, {}, "key", patience=0.1)
    assert len(keys) > 1
