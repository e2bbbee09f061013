"""Who asks: citizens, the digital IDs they come with, their devices, and what they let agencies know."""

from citizens.models.consent_requests import ConsentRequest
from citizens.models.events import IdentityEvent
from citizens.models.people import Citizen, HeldIdentity, LinkedIdentity
from citizens.models.providers import IdentityProvider, ProviderHealth
from citizens.models.service_tokens import AgencySubject, Consent, ServiceToken
from citizens.models.sessions import RefreshToken, Session
from citizens.models.sign_ins import SignIn

__all__ = [
    "AgencySubject",
    "Citizen",
    "Consent",
    "ConsentRequest",
    "HeldIdentity",
    "IdentityEvent",
    "IdentityProvider",
    "LinkedIdentity",
    "ProviderHealth",
    "RefreshToken",
    "ServiceToken",
    "Session",
    "SignIn",
]
