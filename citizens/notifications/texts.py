"""What a notification says."""

from citizens.service_requests.models import Actor, Status
from citizens.service_requests.texts import STATUS_NAMES, next_step
from services_catalog.languages import Text
from services_catalog.models import Service


def notification_text(
    status: Status, next_actor: Actor, milestone: Text, service: Service, receipt_number: str
) -> tuple[Text, Text]:
    """Title and body for one status event; the body ends with the receipt number."""
    name, step = STATUS_NAMES[status], next_step(status, next_actor, service)
    title = Text(f"{name.th}: {service.name_th}", f"{name.en}: {service.name_en or service.name_th}")
    body = Text(
        " ".join(filter(None, [milestone.th, step.th, f"(เลขที่รับ {receipt_number})"])),
        " ".join(filter(None, [milestone.en, step.en, f"(Receipt {receipt_number})"])),
    )
    return title, body
