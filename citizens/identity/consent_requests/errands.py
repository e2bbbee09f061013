"""What there is to do for a request at the node: one errand each time, run by a thread that knows no rows."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from citizens.identity.providers.base import ProviderFailed
from citizens.identity.providers.consent_request import Asked, ConsentRequestProvider, NodeRequest
from citizens.identity.providers.node_errors import (
    NodeNotReached,
    NodeRefused,
    PersonNotKnown,
    ReferenceTaken,
    RequestOver,
)


@dataclass(frozen=True, slots=True)
class Created:
    """The node has the request."""

    node_request_id: str


@dataclass(frozen=True, slots=True)
class NotThere:
    """The node has no such request (yet)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The chosen bank does not know this person."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How the node has the request."""

    request: NodeRequest


@dataclass(frozen=True, slots=True)
class Cleared:
    """Nothing of the request is open or kept at the node any more."""


@dataclass(frozen=True, slots=True)
class StillThere:
    """The node was asked to close the request and has not yet."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The node did not answer as it should. `taken` tells whether it may have taken what was sent."""

    code: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The node will never do it."""

    code: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to ask."""


News = Created | NotThere | Unknown | Heard | Cleared | StillThere | Trouble | Refused | Nothing
Errand = Callable[[], News]


def run(errand: Errand) -> News:
    """The errand's news, whatever the node does."""
    try:
        return errand()
    except NodeRefused as refusal:
        return Refused(refusal.code)
    except ProviderFailed as failure:
        return Trouble(failure.code, taken=not isinstance(failure, NodeNotReached))


def create(node: ConsentRequestProvider, asked: Asked, national_id: str) -> News:
    try:
        if not node.knows(asked.bank, national_id):
            return Unknown()
    except ProviderFailed as failure:
        return Trouble(failure.code, taken=False)  # a question: nothing was created
    try:
        return Created(node.create(asked, national_id))
    except PersonNotKnown:
        return Unknown()
    except ReferenceTaken:
        return find(node, asked.reference_id)


def find(node: ConsentRequestProvider, reference_id: str) -> News:
    """Whether a creation whose answer was lost has arrived; it is never sent twice."""
    found = node.find(reference_id)
    return Created(found) if found else NotThere()


def listen(node: ConsentRequestProvider, node_request_id: str) -> News:
    request = node.fetch(node_request_id)
    return Heard(request) if request else NotThere()


def clear(node: ConsentRequestProvider, node_request_id: str, callback_url: str) -> News:
    """Has the node close what is open still and, once it has, forget whom the request was about."""
    request = node.fetch(node_request_id)
    if request and not (request.closed or request.timed_out):
        try:
            # A reference of its own: that of the creation is taken while the request is under way.
            node.close(reference_id=str(uuid4()), request_id=node_request_id, callback_url=callback_url)
        except RequestOver:
            pass  # somebody, or its time, was faster
        else:
            return StillThere()
    node.remove_private_messages(node_request_id)
    return Cleared()
