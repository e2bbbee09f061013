"""What statuses are called, and what a citizen is told to expect next."""

from citizens.service_requests.models import Actor, Errand, ServiceRequest, Status
from services_catalog.languages import Text
from services_catalog.manual import rows_in
from services_catalog.models import Service

STATUS_NAMES: dict[Status, Text] = {
    Status.RECEIVED: Text("รับคำขอแล้ว", "Received"),
    Status.DELIVERED: Text("ส่งถึงหน่วยงานแล้ว", "Delivered to the agency"),
    Status.IN_PROGRESS: Text("หน่วยงานกำลังดำเนินการ", "In progress"),
    Status.ACTION_REQUIRED: Text("รอคุณดำเนินการ", "Waiting for you"),
    Status.COMPLETED: Text("เสร็จสิ้น", "Completed"),
    Status.REJECTED: Text("หน่วยงานไม่อนุมัติ", "Rejected"),
    Status.CANCELLED: Text("ยกเลิกแล้ว", "Cancelled"),
    Status.UNDELIVERABLE: Text("ส่งถึงหน่วยงานไม่ได้", "Could not be delivered"),
}

_NEXT_STEPS: dict[Status, Text] = {
    Status.RECEIVED: Text(
        "เรากำลังส่งคำขอไปยัง{agency} คุณไม่ต้องทำอะไรเพิ่ม",
        "We are sending your request to {agency}. You need not do anything.",
    ),
    Status.DELIVERED: Text(
        "{agency}ได้รับคำขอแล้วและจะเริ่มพิจารณา", "{agency} has your request and will start working on it."
    ),
    Status.IN_PROGRESS: Text("{agency}กำลังพิจารณาคำขอของคุณ", "{agency} is working on your request."),
    Status.ACTION_REQUIRED: Text("{agency}ต้องการข้อมูลหรือการดำเนินการจากคุณ", "{agency} needs something from you."),
    Status.COMPLETED: Text("คำขอนี้เสร็จสิ้นแล้ว", "Your request is done."),
    Status.REJECTED: Text(
        "{agency}ไม่อนุมัติคำขอ หากสงสัยกรุณาติดต่อ{contact}",
        "{agency} did not approve your request. Questions: {contact}",
    ),
    Status.CANCELLED: Text("คำขอนี้ถูกยกเลิกแล้ว", "This request was cancelled."),
    Status.UNDELIVERABLE: Text(
        "เราส่งคำขอถึง{agency}ไม่สำเร็จ หน่วยงานยังไม่ได้รับคำขอนี้ กรุณาติดต่อหน่วยงานโดยตรง: {contact}",
        "We could not deliver your request: {agency} does not have it. Please contact the agency: {contact}",
    ),
}

# Milestones of what a citizen does after sending.
CANCEL_ASKED = Text("คุณขอยกเลิกคำขอนี้ เรากำลังแจ้งหน่วยงาน", "You asked to cancel this request. We are telling the agency.")
CANCEL_REFUSED = Text(
    "หน่วยงานไม่รับการยกเลิก คำขอนี้ยังดำเนินการต่อ",
    "The agency did not accept the cancellation. The request goes on.",
)
CANCEL_NOT_DELIVERED = Text(
    "เราแจ้งการยกเลิกถึงหน่วยงานไม่สำเร็จ คำขอนี้ยังดำเนินการต่อ กรุณาติดต่อหน่วยงานโดยตรง",
    "We could not tell the agency that you want to cancel. The request goes on. Please contact the agency.",
)
ANSWER_ON_ITS_WAY = Text(
    "เราได้รับคำตอบของคุณแล้วและกำลังส่งให้หน่วยงาน", "We have your answer and are sending it to the agency."
)
ANSWER_DELIVERED = Text("หน่วยงานได้รับคำตอบของคุณแล้ว", "The agency has your answer.")
ANSWER_NOT_DELIVERED = Text(
    "เราส่งคำตอบของคุณถึงหน่วยงานไม่สำเร็จ กรุณาส่งใหม่หรือติดต่อหน่วยงานโดยตรง",
    "We could not deliver your answer to the agency. Please send it again or contact the agency.",
)

# Milestone of a request that could not be delivered and that an operator requeued.
SENT_AGAIN = Text("เรากำลังส่งคำขอของคุณไปยังหน่วยงานอีกครั้ง", "We are sending your request to the agency again.")

_CANCEL_WAITS = Text(
    "คุณขอยกเลิกคำขอนี้แล้ว รอหน่วยงานตอบ", "You have asked to cancel this request. The agency has to agree first."
)
_ANSWERED = Text("คุณตอบแล้ว รอ{agency}ดำเนินการต่อ", "You have answered. {agency} acts next.")
_CHECKING = Text(
    "เรากำลังตรวจสอบว่าคำขอถึงหน่วยงานแล้วหรือไม่ กรุณาอย่าส่งซ้ำ",
    "We are checking whether your request has arrived. Please do not send it again.",
)


def contact_of(service: Service) -> Text:
    """Telephone, website and e-mail, in the order people try, of the service's first contact that has one of them;
    else of its agency; else the agency's name.
    """
    agency = service.agency
    of_agency = {"phone": agency.contact_phone, "url": agency.contact_url, "email": agency.contact_email}
    for contact in (*rows_in(service.contacts), of_agency):
        if ways := " · ".join(filter(None, map(contact.get, ("phone", "url", "email")))):
            return Text(ways, ways)
    return _agency_name(service)


def next_step(status: Status, next_actor: Actor, service: Service) -> Text:
    """What happens next, in one sentence that names the agency."""
    answered = status == Status.ACTION_REQUIRED and next_actor == Actor.AGENCY
    sentence = _ANSWERED if answered else _NEXT_STEPS[status]
    agency, contact = _agency_name(service), contact_of(service)
    return Text(
        sentence.th.format(agency=agency.th, contact=contact.th),
        sentence.en.format(agency=agency.en, contact=contact.en),
    )


def _agency_name(service: Service) -> Text:
    """The Thai name where nobody has translated it."""
    agency = service.agency
    return Text(agency.name_th, agency.name_en or agency.name_th)


def next_step_of(service_request: ServiceRequest) -> Text:
    """The request's next step; one that waits for a human of ours, or to be cancelled, says so."""
    if service_request.parked_reason:
        return _CHECKING
    if service_request.cancel_asked_at and _agency_decides(service_request):
        return _CANCEL_WAITS
    status, next_actor = Status(service_request.status), Actor(service_request.next_actor)
    return next_step(status, next_actor, service_request.service)


def _agency_decides(service_request: ServiceRequest) -> bool:
    """On the wish to cancel. Once the agency has that, what it asks the citizen for comes first."""
    if service_request.next_actor == Actor.CITIZEN:
        return service_request.errand == Errand.CANCELLATION
    return service_request.next_actor == Actor.AGENCY
