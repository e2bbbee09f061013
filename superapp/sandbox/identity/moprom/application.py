from superapp.sandbox.identity.application import Routes, provider_application
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.failures import OF_OAUTH
from superapp.sandbox.identity.front_channel import authorize
from superapp.sandbox.identity.moprom.back_channel import TOKEN_SECONDS, accounts, token
from superapp.sandbox.identity.provider import Profile, Provider
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.listener import Application

_PROFILE = Profile(
    code=ProviderCode.MOPROM,
    name=("หมอพร้อม", "Mor Prom"),
    colour="#0b7a53",
    # What goes to a client does not depend on a scope; the one that is known is for hospital staff.
    scopes={"ProviderID": ()},
    always=(
        ("เลขประจำตัวประชาชน", "National number"),
        ("ชื่อ–นามสกุล", "Name"),
        ("ระดับการยืนยันตัวตน", "Assurance level"),
    ),
    failures=OF_OAUTH,
    token_seconds=TOKEN_SECONDS,
    scope_required=False,
)
_ROUTES: Routes[Provider] = {
    ("GET", "/oauth/redirect"): authorize,
    ("POST", "/api/v1/token"): token,
    ("GET", "/api/v1/accounts"): accounts,
}


def moprom_at(url: str, client: RelyingParty, secret: str) -> Application:
    return provider_application(Provider(_PROFILE, url, client, secret), _ROUTES)
