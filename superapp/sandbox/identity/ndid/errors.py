from superapp.sandbox.identity.errors import Refusal
from superapp.sandbox.listener import Response, json_response


class NdidError(Refusal):
    """An error with a code of the node's list."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "message": str(self)}

    def as_response(self) -> Response:
        return json_response(self.status, {"error": self.as_json()})
