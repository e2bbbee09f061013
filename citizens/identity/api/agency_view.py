"""What all calls of agencies have in common."""

from rest_framework.request import Request
from rest_framework.views import APIView

from citizens.identity.agency_authentication import AgencyAuthentication, IsAgency
from citizens.identity.devices import client_address
from services_catalog.problems import Problem


class AgencyView(APIView):
    """Counts by agency; wrong keys and signatures by address, else they could be tried without end."""

    authentication_classes = (AgencyAuthentication,)
    permission_classes = (IsAgency,)
    throttle_scope = "agency"

    def throttle_keys(self, request: Request) -> list[tuple[str, str]]:
        return [("wrong_key", client_address(request))]

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        except Problem:
            request.user = None  # type: ignore[assignment]
            self.check_throttles(request)
            raise
