from superapp.sandbox.identity.errors import Refusal
from superapp.sandbox.listener import Response, json_response


class MopromError(Refusal):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    def as_response(self) -> Response:
        return json_response(self.status, {"status": "error", "message": str(self)})
