"""What a notification says."""

from citizens.service_requests.models import Actor, Status, StatusEvent
from citizens.service_requests.texts import STATUS_NAMES, next_step
from services_catalog.languages import Text


def notification_text(event: StatusEvent) -> tuple[Text, Text]:
    """Title and body for one status event; the body ends with the receipt number."""
    service_request, status = event.service_request, Status(event.status)
    service, agency = service_request.service, service_request.service.agency
    name, step = STATUS_NAMES[status], next_step(status, Actor(event.next_actor), agency)
    title = Text(f"{name.th}: {service.name_th}", f"{name.en}: {service.name_en or service.name_th}")
    body = Text(
        " ".join(filter(None, [event.milestone_th, step.th, f"(เลขที่รับ {service_request.receipt_number})"])),
        " ".join(filter(None, [event.milestone_en, step.en, f"(Receipt {service_request.receipt_number})"])),
    )
    return title, body
