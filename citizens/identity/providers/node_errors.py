"""How a node of NDID says no (its error codes), and what that means for us.

Codes of ours are `node_<number>` or those of the way out; none holds personal data.
"""

from citizens.identity.providers.base import ProviderFailed


class NodeNotReached(ProviderFailed):
    """The node certainly did not take it; trying again later may work."""


class NodeSilent(ProviderFailed):
    """The node may or may not have taken it; only asking can tell."""


class NodeRefused(Exception):
    """The node will never take this. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PersonNotKnown(NodeRefused):
    """No chosen bank knows this person, or not well enough."""


class ReferenceTaken(NodeRefused):
    """The node has a request with our reference already."""


class RequestOver(NodeRefused):
    """The request is closed, timed out, or not known to the node."""


_KINDS: dict[int, type[ProviderFailed] | type[NodeRefused]] = {
    # The node is not in step with the chain.
    10007: NodeNotReached,
    10008: NodeNotReached,
    # No bank, not enough banks, conditions above what the bank has of the person, an unqualified bank.
    20005: PersonNotKnown,
    20006: PersonNotKnown,
    20022: PersonNotKnown,
    20058: PersonNotKnown,
    # Not found; closed and timed out, as the node and as the chain say it.
    20012: RequestOver,
    20025: RequestOver,
    20026: RequestOver,
    25002: RequestOver,
    25003: RequestOver,
    20045: ReferenceTaken,
}
# Its own code for an X-API-Key that it does not take, and what a proxy before it says.
_KEY_REFUSED = 20092
_REFUSES_US = frozenset({401, 403})


def node_error(status: int, code: int) -> ProviderFailed | NodeRefused:
    """What a status other than a success means; `code` is the node's own, 0 where it gave none."""
    name = f"node_{code}" if code else f"http_{status}"
    if kind := _KINDS.get(code):
        return kind(name)
    if code == _KEY_REFUSED or status in _REFUSES_US:
        return NodeNotReached("client_refused")
    return NodeSilent(name) if status >= 500 else NodeRefused(name)
