"""Whether a digital ID is there and knows us, tried without a citizen and told in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.identity.providers.base import ProviderFailed
from citizens.identity.providers.registry import built_from
from citizens.identity.sign_in import callback_uri
from citizens.models import IdentityProvider
from services_catalog.problems import Problem

# By the code of the failure; those of an HTTP status or of NDID's node are put in words below.
_WORDS = {
    "client_refused": gettext_lazy("It refuses us. Check the client id, the secret and how we prove who we are."),
    "keys_not_understood": gettext_lazy("What is at the address of its keys is not a set of keys."),
    "answer_not_understood": gettext_lazy("It answers, but not as the protocol says. Check the addresses."),
    "no_token": gettext_lazy("Its answer has no access token where the options say."),
    "no_id_token": gettext_lazy("Its answer has no id_token. Check the scopes and where the claims are."),
    "token_not_understood": gettext_lazy("Its access token cannot be read as one that tells who somebody is."),
    "accepts_any_code": gettext_lazy("It takes a code that nobody has issued. Do not switch it on."),
    "server_error": gettext_lazy("It says that it is broken. Try again later."),
    "temporarily_unavailable": gettext_lazy("It says that it is not available now. Try again later."),
    "bad_request_made": gettext_lazy("An address, a header or a parameter cannot be sent. Check the options."),
    "address_refused": gettext_lazy(
        "An address is not one that may be called: see EGRESS_HOSTS, or what network it leads into."
    ),
    "cannot_connect": gettext_lazy("Nothing answers there. Check the addresses and the network."),
    "no_answer_in_time": gettext_lazy("It did not answer in time."),
    "connection_lost": gettext_lazy("It broke the connection off."),
    "answer_too_large": gettext_lazy("Its answer is too large."),
}
_HTTP_REFUSES = gettext_lazy("It answers with the HTTP status %(status)s. Check the addresses.")
_HTTP_BROKEN = gettext_lazy("It answers with the HTTP status %(status)s: it is broken. Try again later.")


def provider_trouble(row: IdentityProvider) -> str:
    """What is wrong, in words; empty where the digital ID is there and knows us. Calls it: not in a transaction."""
    try:
        built_from(row).check(callback_uri(row.code))
    except Problem:
        return _("Its options are not complete, or its secret cannot be read. Save them anew.")
    except ProviderFailed as failure:
        return failure_in_words(failure.code)
    return ""


def failure_in_words(code: str) -> str:
    """What a failure of a digital ID means, by its code (ProviderFailed)."""
    kind, _underscore, number = code.partition("_")
    if code in _WORDS:
        return str(_WORDS[code])
    if kind == "http" and number.isdigit():
        return str(_HTTP_BROKEN if number.startswith("5") else _HTTP_REFUSES) % {"status": number}
    if kind == "node":
        return _("The node refuses it with its error %(number)s.") % {"number": number}
    return _("It failed: %(code)s.") % {"code": code}
