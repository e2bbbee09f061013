"""Actions that ask for a reason before they do anything, and what was done so far.

An action of a list first shows a page with its form; nothing happens before that form comes back valid. The rows are
those of the list, so nobody reaches a row that they do not see.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from services_catalog import rights
from services_catalog.admin.action_names import name_of_action
from services_catalog.admin.base import AgencyScopedAdmin
from services_catalog.models import OperatorAction
from services_catalog.services.operator_actions import Doer, doer_of

# How many rows one action takes, and how many former actions the page of a row shows.
AT_MOST = 500
_RECENT = 5

Run = Callable[[Sequence[UUID], Any, Doer], None]


class AskingAdmin(AgencyScopedAdmin):
    """Base of the admins with such actions; the page of a row has them as buttons."""

    change_form_template = "services_catalog/admin/operated_change_form.html"

    def operate(
        self, request: HttpRequest, rows: QuerySet[Any], action: str, form_class: type[forms.Form], run: Run
    ) -> HttpResponse | None:
        """Asks with the form, and calls `run` with the rows' keys, the valid form and whoever asks for it."""
        chosen = list(rows[: AT_MOST + 1])
        if len(chosen) > AT_MOST:
            self.message_user(request, _("At most %(count)d at once: filter the list.") % {"count": AT_MOST}, "error")
            return None
        form = form_class(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, chosen, action, form)
        run([row.pk for row in chosen], form, doer_of(request.user))
        return back(request)

    def _ask(self, request: HttpRequest, rows: Sequence[Any], action: str, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": getattr(self, action).short_description,
            "media": self.media + form.media,
            "form": form,
            "rows": rows,
            "action": action,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "next": request.POST.get("next", ""),
        }
        return TemplateResponse(request, "services_catalog/admin/operate.html", context)

    def tell(self, request: HttpRequest, done: int, unchanged: int) -> None:
        """How many rows an action changed, and how many were so before."""
        if done:
            self.message_user(request, _("Done: %(count)d.") % {"count": done}, messages.SUCCESS)
        if unchanged:
            text = _("Nothing to do for %(count)d: so it was already.") % {"count": unchanged}
            self.message_user(request, text, messages.WARNING)

    def offered(self, row: Any) -> Sequence[Any]:
        """The actions that its page has buttons for, where the officer may take them."""
        return self.actions or []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if (shown := kwargs.get("obj")) is not None:
            given = self.get_actions(request)
            context |= {
                "operations": [(name, given[name][2]) for name in self.offered(shown) if name in given],
                "checkbox_name": ACTION_CHECKBOX_NAME,
            }
        return super().render_change_form(request, context, *args, **kwargs)


class OperatedAdmin(AskingAdmin):
    """Base of the admins of what operators act on: their pages tell what was done so far."""

    object_history_template = "services_catalog/admin/operated_history.html"

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "operate")

    def subject_of(self, row: Any) -> UUID:
        """What the operators' actions on a row are kept under."""
        key: UUID = row.pk
        return key

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if (shown := kwargs.get("obj")) is not None:
            context["done_so_far"] = self._done_so_far(request, shown, at_most=_RECENT)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            response.context_data["done_so_far"] = self._done_so_far(request, response.context_data["object"])
        return response

    def _done_so_far(
        self, request: HttpRequest, row: Any, *, at_most: int = AT_MOST
    ) -> list[tuple[OperatorAction, str]] | None:
        """What operators did to a row, the latest first, each with its name in words; None for who may not see that."""
        if not rights.may(request.user, "view", OperatorAction):
            return None
        actions = OperatorAction.objects.filter(subject_id=self.subject_of(row)).order_by("-id")[:at_most]
        return [(action, name_of_action(action)) for action in actions]


def back(request: HttpRequest) -> HttpResponse | None:
    """To the page that sent the action here, if that is one of ours; else Django shows the list."""
    address = request.POST.get("next", "")
    return HttpResponseRedirect(address) if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else None
