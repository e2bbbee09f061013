"""The public catalogue: read-only, open to everybody, compressed, and not sent again to whoever has it."""

from collections.abc import Hashable
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from services_catalog.api import examples
from services_catalog.api.answers import Answer, KeptAnswers, catalogue_version
from services_catalog.api.changes import catalogue, known_version
from services_catalog.api.listing import ServicePages, in_order, services_listed
from services_catalog.api.pagination import WholeList
from services_catalog.api.parameters import CatalogueParameters, ServiceParameters, SuggestionParameters
from services_catalog.api.serializers import (
    CatalogueSerializer,
    ListedAgencySerializer,
    ListedHeadingSerializer,
    ServiceListSerializer,
    ServiceSerializer,
    SuggestionSerializer,
)
from services_catalog.models import Agency, Category, LifeEvent, Service
from services_catalog.problems import UNKNOWN_SERVICE, Problem
from services_catalog.search import normalise, search, suggest
from services_catalog.services.unanswered_queries import unanswered_query_count

# How late what depends on the clock alone may be told: an outage that begins, opening hours.
_CLOCK = timedelta(seconds=5)
# What leaves a search as wide as the catalogue: finding nothing then means that words are missing.
_UNFILTERED = {"q", "order"}
_LIVE = Count("services", filter=Q(services__publication=Service.Publication.PUBLISHED))


class CatalogueView(GenericAPIView[Any]):
    """Base of these views: `kept` are the answers that are remembered, `body` makes a new one."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    is_conditional = True
    # For how long phones and caches between us need not ask again.
    max_age = timedelta(seconds=30)
    kept: KeptAnswers
    found: Answer | None = None

    def check_throttles(self, request: Request) -> None:
        """Whoever has the answer that we remember is told so for less than the counting would cost."""
        self.found = self.kept_answer()
        if self.found is None or not self.found.is_known(request):
            super().check_throttles(request)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return (self.found or self.answer()).respond(request, max_age=self.max_age)

    @cached_property
    def version(self) -> tuple[int, int]:
        """Read once for a call, and before what it numbers."""
        return catalogue_version()

    def kept_answer(self) -> Answer | None:
        return self.kept.find(self.version, self.key())

    def answer(self) -> Answer:
        return self.kept.find_or_make(self.version, self.key(), self.rendered)

    def rendered(self) -> bytes:
        return bytes(JSONRenderer().render(self.body()))

    def key(self) -> Hashable:
        """What tells this call from others of its kind."""
        return ()

    def body(self) -> Any:
        raise NotImplementedError


class CatalogueListView(ListModelMixin, CatalogueView):
    """A list with pages."""

    def body(self) -> Any:
        return self.shown(self.get_queryset())

    def shown(self, rows: Any) -> Any:
        """The page that is asked for."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data).data


@extend_schema_view(
    get=extend_schema(
        summary="Services that can be used now",
        parameters=[ServiceParameters],
        examples=[examples.SERVICE_ROW],
    )
)
class ServiceListView(CatalogueListView):
    serializer_class = ServiceListSerializer
    pagination_class = ServicePages
    kept = KeptAnswers(most=64, fresh_for=_CLOCK)
    order = "code"

    def key(self) -> Hashable:
        """With the address that the links to other pages begin with."""
        return (self.request.scheme, self.request.get_host(), self.request.META["QUERY_STRING"])

    def answer(self) -> Answer:
        """Searches are not kept: there are too many different ones, and whoever improves an alias wants to see it."""
        return Answer(self.rendered()) if self.request.GET.get("q") else super().answer()

    def body(self) -> Any:
        asked = ServiceParameters.read(self.request)
        services, order = services_listed(asked, timezone.now()), asked.get("order", "relevance")
        if normalise(query := asked.get("q", "")):
            found = search(services, query)
            if order == "relevance":
                best = self._best(found)
                if not best["results"] and asked.keys() <= _UNFILTERED:
                    unanswered_query_count(query)
                return best
            services = services.filter(pk__in=found.values("pk"))
        self.order = "code" if order == "relevance" else order
        return self.shown(in_order(services, self.order))

    def _best(self, found: QuerySet[Service]) -> dict[str, Any]:
        """One page, best first."""
        best = found[: ServicePages().get_page_size(self.request)]
        return {"next": None, "previous": None, "results": self.get_serializer(best, many=True).data}


@extend_schema_view(get=extend_schema(summary="One service, with its manual and its form", examples=[examples.SERVICE]))
class ServiceDetailView(CatalogueView):
    serializer_class = ServiceSerializer
    kept = KeptAnswers(most=300, fresh_for=_CLOCK)

    def key(self) -> Hashable:
        return str(self.kwargs["code"])

    def body(self) -> Any:
        services = Service.objects.published().for_detail().with_running(timezone.now())
        service = services.filter(code=self.kwargs["code"]).first()
        if service is None:
            raise Problem(UNKNOWN_SERVICE)
        return self.get_serializer(service).data


@extend_schema_view(
    get=extend_schema(
        summary="Services for what has been typed so far",
        description="Best first, at most eight; none before there is a letter.",
        parameters=[SuggestionParameters],
        examples=[examples.SUGGESTION],
    )
)
class SuggestionsView(CatalogueListView):
    serializer_class = SuggestionSerializer
    pagination_class = WholeList

    def kept_answer(self) -> None:
        return None

    def answer(self) -> Answer:
        return Answer(self.rendered())

    def body(self) -> Any:
        return self.shown(suggest(SuggestionParameters.read(self.request).get("q", "")))


class WholeListView(CatalogueListView):
    """All rows of a model, with how many live services each has."""

    pagination_class = WholeList
    model: type[Model]

    def get_queryset(self) -> QuerySet[Any]:
        return self.model._default_manager.annotate(live_services=_LIVE)


@extend_schema_view(get=extend_schema(summary="Agencies with live services", examples=[examples.AGENCY]))
class AgencyListView(WholeListView):
    serializer_class = ListedAgencySerializer
    kept = KeptAnswers(most=1)
    model = Agency

    def get_queryset(self) -> QuerySet[Any]:
        """What an agency has not published, and that it exists, is nobody's business."""
        return super().get_queryset().filter(live_services__gt=0).order_by("code")


@extend_schema_view(get=extend_schema(summary="Categories", examples=[examples.CATEGORY]))
class CategoryListView(WholeListView):
    serializer_class = ListedHeadingSerializer
    kept = KeptAnswers(most=1)
    model = Category


@extend_schema_view(get=extend_schema(summary="Life events", examples=[examples.LIFE_EVENT]))
class LifeEventListView(WholeListView):
    serializer_class = ListedHeadingSerializer
    kept = KeptAnswers(most=1)
    model = LifeEvent


@extend_schema_view(
    get=extend_schema(
        summary="The whole catalogue, for use offline, or what has changed in it",
        description=(
            "With `since`: the services that are new or changed, whole, and the codes of those that are gone. "
            "A `since` that was never given has the whole catalogue sent, with `complete` set."
        ),
        parameters=[CatalogueParameters],
        examples=[examples.CHANGES],
    )
)
class WholeCatalogueView(CatalogueView):
    serializer_class = CatalogueSerializer
    kept = KeptAnswers(most=1)
    kept_changes = KeptAnswers(most=16)

    def kept_answer(self) -> Answer | None:
        number, since, kept = self._asked()
        return kept.find((number, 0), since)

    def answer(self) -> Answer:
        number, since, kept = self._asked()

        def make() -> bytes:
            found = catalogue(number, since, timezone.now())
            return bytes(JSONRenderer().render(self.get_serializer(found).data))

        return kept.find_or_make((number, 0), since, make)

    def _asked(self) -> tuple[int, int | None, KeptAnswers]:
        """The version now, the one that the phone has where we know it, and where the answer is kept."""
        number, _ = self.version
        since = known_version(CatalogueParameters.read(self.request).get("since"), number)
        return number, since, self.kept if since is None else self.kept_changes
