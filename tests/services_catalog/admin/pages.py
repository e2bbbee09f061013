"""Addresses of admin pages."""

from django.db.models import Model
from django.urls import reverse


def page(model: type[Model], name: str, row: Model | None = None) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[row.pk] if row else [])


OF_ONE_ROW = ["change", "history", "delete"]
