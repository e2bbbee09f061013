"""What all calls of agencies have in common."""

from rest_framework.views import APIView

from citizens.identity.agency_authentication import AgencyAuthentication, IsAgency


class AgencyView(APIView):
    authentication_classes = (AgencyAuthentication,)
    permission_classes = (IsAgency,)
    throttle_scope = "agency"
