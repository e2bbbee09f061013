from superapp.sandbox.listener import Response, json_response


class OAuthError(Exception):
    """An error of the OAuth2 protocol, named as in DOPA's document."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def as_response(self) -> Response:
        return json_response(self.status, {"error": self.error, "error_description": self.description})
