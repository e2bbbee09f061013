"""The public catalogue: read-only, open to everybody."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from services_catalog.api.pagination import KeysetPages
from services_catalog.api.serializers import ServiceListSerializer, ServiceSerializer
from services_catalog.managers import ServiceQuerySet
from services_catalog.models import Service
from services_catalog.problems import UNKNOWN_SERVICE, Problem
from services_catalog.search import search
from services_catalog.services.unanswered_queries import unanswered_query_count

_SEARCH_RESULTS = 50
_QUERY = OpenApiParameter(
    "q",
    str,
    description=f"Words in Thai or English. The {_SEARCH_RESULTS} best matches come on one page, best first.",
)


class ByCode(KeysetPages):
    """Keyset pages in the order of the codes."""

    ordering = "code"
    page_size = 50
    max_page_size = 300


@extend_schema_view(get=extend_schema(summary="Services that can be used now", parameters=[_QUERY]))
class ServiceListView(ListAPIView[Service]):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    serializer_class = ServiceListSerializer
    pagination_class = ByCode

    def get_queryset(self) -> ServiceQuerySet:
        return Service.objects.published().for_lists().with_running(timezone.now())

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        query = request.query_params.get("q", "").strip()
        if not query:
            return super().list(request, *args, **kwargs)
        found = search(self.get_queryset(), query)[:_SEARCH_RESULTS]
        results = self.get_serializer(found, many=True).data
        if not results:
            unanswered_query_count(query)
        return Response({"next": None, "previous": None, "results": results})


@extend_schema_view(get=extend_schema(summary="One service, with its form"))
class ServiceDetailView(RetrieveAPIView[Service]):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    serializer_class = ServiceSerializer
    lookup_field = "code"

    def get_queryset(self) -> ServiceQuerySet:
        return Service.objects.published().for_detail().with_running(timezone.now())

    def get_object(self) -> Service:
        service = self.get_queryset().filter(code=self.kwargs["code"]).first()
        if service is None:
            raise Problem(UNKNOWN_SERVICE)
        return service
