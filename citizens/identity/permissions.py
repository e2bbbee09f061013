"""What a caller must be."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from citizens.identity.tokens import SignedInCitizen


class IsCitizen(BasePermission):
    """A citizen with a token of ours."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, SignedInCitizen)
