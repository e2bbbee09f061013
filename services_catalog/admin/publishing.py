"""Putting services online and taking them off, from the list of services."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from services_catalog.admin.base import AgencyScopedAdmin
from services_catalog.languages import for_reader
from services_catalog.models import Service
from services_catalog.services.drafts import draft_open
from services_catalog.services.publishing import CannotPublish, draft_publish, service_unpublish


class PublishingActions(AgencyScopedAdmin):
    """What the admin of services inherits. The log entry says who did it."""

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "publish")

    def has_unpublish_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "unpublish")

    @admin.action(description=_("Publish what is approved"), permissions=["publish"])
    def publish(self, request: HttpRequest, services: QuerySet[Service]) -> None:
        published = 0
        for service in services.order_by("code"):
            try:
                draft_publish(draft_id=draft_open(service=service).pk)
            except CannotPublish as refusal:
                self.message_user(request, for_reader(refusal.text.th, refusal.text.en), messages.ERROR)
            else:
                self._log(request, service)
                published += 1
        if published:
            self.message_user(request, _("%(count)d services published.") % {"count": published})

    @admin.action(description=_("Unpublish: citizens see it no more"), permissions=["unpublish"])
    def unpublish(self, request: HttpRequest, services: QuerySet[Service]) -> None:
        live = list(services.filter(publication=Service.Publication.PUBLISHED))
        for service in live:
            service_unpublish(service=service)
            self._log(request, service)
        self.message_user(request, _("%(count)d services unpublished.") % {"count": len(live)})

    def _log(self, request: HttpRequest, service: Service) -> None:
        self.log_change(request, service, [{"changed": {"fields": [str(_("publication"))]}}])
