"""Every column that a key of ours protects; a test looks for columns that are missing here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from citizens.identity.citizens import national_id_fingerprints
from citizens.identity.claims import claims_place, identity_place, number_place, open_national_id, open_subject
from citizens.identity.consent_requests.rows import number_of, salt_place
from citizens.identity.consent_requests.rows import number_place as asked_number_place
from citizens.identity.linking import subject_fingerprints
from citizens.identity.provider_sessions import provider_session_place
from citizens.identity.providers.secret import secret_place as provider_secret_place
from citizens.identity.refreshing import successor_place
from citizens.models import (
    Citizen,
    ConsentRequest,
    HeldIdentity,
    IdentityProvider,
    LinkedIdentity,
    RefreshToken,
    Session,
    SignIn,
)
from citizens.service_requests.drafts import draft_place
from citizens.service_requests.models import CitizenResponse, RequestDraft, ServiceRequest
from citizens.service_requests.services import data_place, response_place
from services_catalog.models import AgencyCredential
from services_catalog.services.credentials import secret_place


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of blobs; `place` is what a row's blob is bound to."""

    model: type[Model]
    column: str
    place: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Looked:
    """A column of fingerprints that a blob of the same row can be made anew from; nothing where that is empty."""

    model: type[Model]
    column: str
    known_as: Callable[[Any], list[bytes]]


def _credential(column: str, kind: str) -> Sealed:
    return Sealed(AgencyCredential, column, lambda row: secret_place(row.pk, kind))


def _identity(model: type[LinkedIdentity] | type[HeldIdentity], what: str) -> Sealed:
    return Sealed(model, f"{what}_encrypted", lambda row: identity_place(row, what))


def _subject(row: Any) -> list[bytes]:
    """Those linked before the subject was kept get it at their next sign-in."""
    return subject_fingerprints(open_subject(row)) if row.subject_encrypted else []


def _asked_number(row: Any) -> list[bytes]:
    """Those whose number was erased are looked for by nobody."""
    return national_id_fingerprints(number_of(row)) if row.number_encrypted else []


SEALED: tuple[Sealed, ...] = (
    Sealed(Citizen, "national_id_encrypted", lambda row: number_place(row.pk)),
    Sealed(Citizen, "claims_encrypted", lambda row: claims_place(row.pk)),
    *(_identity(model, what) for model in (LinkedIdentity, HeldIdentity) for what in ("subject", "claims")),
    *(
        Sealed(model, "provider_session_encrypted", lambda row: provider_session_place(row.pk))
        for model in (Session, SignIn)
    ),
    Sealed(RefreshToken, "successor_encrypted", lambda row: successor_place(row.pk)),
    Sealed(ConsentRequest, "number_encrypted", lambda row: asked_number_place(row.pk)),
    Sealed(ConsentRequest, "initial_salt_encrypted", lambda row: salt_place(row.pk)),
    Sealed(IdentityProvider, "secret_encrypted", lambda row: provider_secret_place(row.pk)),
    Sealed(ServiceRequest, "data_encrypted", lambda row: data_place(row.pk)),
    Sealed(CitizenResponse, "data_encrypted", lambda row: response_place(row.pk)),
    Sealed(RequestDraft, "data_encrypted", lambda row: draft_place(row.pk)),
    *(
        _credential(f"{kind}_secret_{rank}", kind)
        for kind in ("callback", "outgoing")
        for rank in ("primary", "secondary")
    ),
)
LOOKED: tuple[Looked, ...] = (
    Looked(Citizen, "national_id_fingerprint", lambda row: national_id_fingerprints(open_national_id(row))),
    Looked(ConsentRequest, "number_fingerprint", _asked_number),
    Looked(LinkedIdentity, "subject_fingerprint", _subject),
    Looked(HeldIdentity, "subject_fingerprint", _subject),
)
