"""A page of drafts with nothing but the form editor on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import reload

from django import forms
from django.contrib import admin
from django.urls import clear_url_caches

import superapp.urls
from services_catalog.admin.base import AgencyScopedAdmin
from services_catalog.admin.form_editor import FormEditorMixin
from services_catalog.models import ServiceDraft


class TrialForm(FormEditorMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ServiceDraft
        fields = ["form", "example"]


class TrialAdmin(AgencyScopedAdmin):
    form = TrialForm
    fields = ["form", "example"]


@contextmanager
def trial_page() -> Iterator[None]:
    """The page is at /admin/services_catalog/servicedraft/ meanwhile."""
    before = admin.site._registry.pop(ServiceDraft, None)
    admin.site.register(ServiceDraft, TrialAdmin)
    _load_addresses()
    yield
    admin.site.unregister(ServiceDraft)
    if before is not None:
        admin.site._registry[ServiceDraft] = before
    _load_addresses()


def _load_addresses() -> None:
    reload(superapp.urls)
    clear_url_caches()
