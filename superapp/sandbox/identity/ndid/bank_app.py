"""The page that plays the app of every bank: what people are asked, and their answers."""

from html import escape

from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.ndid.banks import BY_NODE_ID
from superapp.sandbox.identity.ndid.node import NdidNode
from superapp.sandbox.identity.ndid.requests import ConsentAsked
from superapp.sandbox.identity.pages import both, choice_of_failure, page, template
from superapp.sandbox.listener import Request, Response
from superapp.sandbox.people import person_for

BANK_PATH = "/bank"
# What the person does themself, or has happened before they are asked.
_NOT_CHOSEN = {Failure.REJECTED, Failure.NOT_CREATED, Failure.SLOW, Failure.DOWN}


def requests_page(node: NdidNode) -> Response:
    asked = node.to_answer()
    return page(
        "bank.html",
        colour="#00695c",
        name_th="แอปธนาคาร (NDID)",
        name_en="Bank app (NDID)",
        requests="\n".join(_card(request, node) for request in asked) or _NOTHING,
    )


def answer(node: NdidNode, request: Request) -> Response:
    form = request.form
    failure = node.switches.chosen(form.get("failure", ""))
    accepts = form.get("decision") == "accept"
    node.answer(form.get("request", ""), form.get("idp", ""), accepts=accepts, failure=failure)
    return Response(303, headers={"Location": BANK_PATH, "Cache-Control": "no-store"})


_NOTHING = f'<p class="card">{both("ไม่มีคำขอที่รอคำตอบ", "Nothing waits for an answer.")}</p>'


def _card(request: ConsentAsked, node: NdidNode) -> str:
    person = person_for(request.number)
    banks = [BY_NODE_ID[idp] for idp in request.asked["idp_id_list"]]
    return template("bank_request.html").substitute(
        request=request.request_id,
        message=escape(request.asked["request_message"]),
        person=both(person.name_th, person.name_en),
        banks="\n".join(f'<option value="{bank.node_id}">{bank.name_th} · {bank.name_en}</option>' for bank in banks),
        levels=f"IAL {request.asked['min_ial']} · AAL {request.asked['min_aal']}",
        failures=choice_of_failure(node.switches, but=_NOT_CHOSEN),
    )
