from html import escape

from superapp.sandbox.identity.authorization import AuthorizationRequest
from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.pages import both, choice_of_failure, page
from superapp.sandbox.identity.provider import Provider
from superapp.sandbox.listener import Response
from superapp.sandbox.people import TEST_PEOPLE, Person


def consent_page(provider: Provider, asked: AuthorizationRequest, remembered: Person | None) -> Response:
    """`remembered` is who is signed in there; nobody is asked who they are then."""
    profile = provider.profile
    shared = [*profile.always, *(words for scope in asked.scopes for words in profile.scopes[scope])]
    return page(
        "consent.html",
        colour=profile.colour,
        name_th=profile.name[0],
        name_en=profile.name[1],
        request=escape(asked.sealed(provider.consent_key)),
        scopes="\n".join(f"<li>{both(*words)}</li>" for words in shared),
        who=_signed_in(remembered, provider) if remembered else _choices(provider),
        failures=choice_of_failure(provider.switches, but={Failure.DENIED}),
    )


def _choices(provider: Provider) -> str:
    code = provider.profile.code
    people = [person.as_known_to(code) for person in TEST_PEOPLE if person.is_known_to(code)]
    choices = [_choice(person, provider, is_first=person is people[0]) for person in people]
    return "\n".join([f"<legend>{both('เลือกบุคคลทดสอบ', 'Choose a test person')}</legend>", *choices])


def _signed_in(person: Person, provider: Provider) -> str:
    legend = f"<legend>{both('คุณเข้าสู่ระบบอยู่ในชื่อ', 'You are signed in as')}</legend>"
    sign_out = provider.profile.sign_out
    another = f'<p><a href="{sign_out.path}">{both("ออกจากระบบ", "Sign out")}</a></p>' if sign_out else ""
    return "\n".join([legend, _choice(person, provider, is_first=True), another])


def _choice(person: Person, provider: Provider, *, is_first: bool) -> str:
    level = person.levels[provider.profile.code]
    return (
        f'<label class="card"><input type="radio" name="person" value="{person.number}"{" checked" * is_first}>'
        f'<span><b>{escape(person.name_th)}</b><span lang="en">{escape(person.name_en)}</span>'
        f"<small>{_spaced(person.number)}{f' · IAL {level}' if level else ''}</small></span></label>"
    )


def _spaced(number: str) -> str:
    """As printed on the card: 1 2345 67890 12 1."""
    return " ".join((number[0], number[1:5], number[5:10], number[10:12], number[12]))
