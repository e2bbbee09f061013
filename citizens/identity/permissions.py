"""What a caller must be."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from citizens.identity.tokens import SignedInCitizen

if TYPE_CHECKING:  # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView


class IsCitizen(BasePermission):
    """A citizen with a token of ours. Who shows none is counted, as one is whose token is wrong."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        caller: object = request.user
        if isinstance(caller, SignedInCitizen):
            return True
        view.check_throttles(request)
        return False
