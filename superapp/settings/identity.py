"""Which digital IDs count, and where phones may be sent back to (RFC 8252: exact match)."""

from .environment import env

PHONE_REDIRECT_URIS = env.list("PHONE_REDIRECT_URIS", ["https://app.superapp.example/signed-in"])

# Provider code → what citizens.identity.providers.registry builds it from. Providers without credentials are off.
IDENTITY_PROVIDERS: dict[str, dict[str, str]] = {}

THAID_CLIENT_ID = env.str("THAID_CLIENT_ID", "")
if THAID_CLIENT_ID:
    IDENTITY_PROVIDERS["thaid"] = {
        "protocol": "oidc",
        "name_th": "ThaID",
        "name_en": "ThaID",
        "issuer": "https://imauth.bora.dopa.go.th",
        "authorize_url": "https://imauth.bora.dopa.go.th/api/v2/oauth2/auth/",
        "token_url": "https://imauth.bora.dopa.go.th/api/v2/oauth2/token/",
        "jwks_url": "https://imauth.bora.dopa.go.th/jwks/",
        "client_id": THAID_CLIENT_ID,
        "client_secret": env.str("THAID_CLIENT_SECRET"),
        # The chip of the card and the face were checked when the app was set up; the app asks for a PIN.
        "max_ial": "2.3",
        "aal": "2.2",
    }
