from superapp.sandbox.identity.application import Routes, provider_application
from superapp.sandbox.identity.authorization import OPENID
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.failures import OF_OAUTH
from superapp.sandbox.identity.front_channel import authorize
from superapp.sandbox.identity.paotang.back_channel import TOKEN_SECONDS, customer_profile, token
from superapp.sandbox.identity.provider import Profile, Provider
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.listener import Application

_PROFILE = Profile(
    code=ProviderCode.PAOTANG,
    name=("เป๋าตัง", "Pao Tang"),
    colour="#0069a8",
    scopes={OPENID: (), "offline": ()},
    always=(
        ("เลขประจำตัวประชาชน", "National number"),
        ("ชื่อ–นามสกุล", "Name"),
        ("วันเกิดและเพศ", "Date of birth and gender"),
        ("ที่อยู่และข้อมูลติดต่อ", "Address and contact details"),
        ("อาชีพและรายได้", "Occupation and income"),
    ),
    failures=OF_OAUTH,
    token_seconds=TOKEN_SECONDS,
)
_ROUTES: Routes[Provider] = {
    ("GET", "/oauth2/web/auth"): authorize,
    ("POST", "/oauth2/token"): token,
    ("GET", "/v1/paotangid/get-customer-profile"): customer_profile,
}


def paotang_at(url: str, client: RelyingParty, secret: str) -> Application:
    return provider_application(Provider(_PROFILE, url, client, secret), _ROUTES)
