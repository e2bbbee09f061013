"""Where phones may be sent back to (RFC 8252: exact match), and how soon changes of providers are seen."""

from datetime import timedelta

from .environment import env

PHONE_REDIRECT_URIS = env.list("PHONE_REDIRECT_URIS", ["https://app.superapp.example/signed-in"])

# How long a process remembers which digital IDs are on, and as what.
PROVIDERS_ASKED_EVERY = timedelta(seconds=5)
# How often a provider is asked for its keys because none of those that we know fits.
PROVIDER_KEYS_ASKED_EVERY = timedelta(seconds=10)
