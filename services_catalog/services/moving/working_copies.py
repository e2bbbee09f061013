"""The draft of a service, whether there is one yet or not."""

from copy import deepcopy

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from services_catalog.models import Service, ServiceDraft
from services_catalog.models.content import ServiceContent

CONTENT = [field.name for field in ServiceContent._meta.local_fields]


def working_copy(service: Service) -> ServiceDraft:
    """The draft of a service, or an unsaved one that says what the service says now."""
    try:
        return service.draft
    except ObjectDoesNotExist:
        draft = ServiceDraft(service=service, **{name: deepcopy(getattr(service, name)) for name in CONTENT})
    version = service.current_version or service.versions.order_by("-number").first()
    if version is not None:
        draft.form, draft.example = version.form, version.example
        draft.claim_purposes = {claim: draft.claim_purposes.get(claim, {}) for claim in version.claims}
    return draft


def to_be_submitted_anew(draft: ServiceDraft) -> None:
    """What was reviewed is not what it says now."""
    draft.lifecycle = ServiceDraft.Lifecycle.DRAFT
    draft.submitted_by = draft.submitted_at = draft.reviewed_by = draft.reviewed_at = None
    draft.edited_at = timezone.now()  # bulk_update does not
