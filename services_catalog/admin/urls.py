"""Addresses of the admin that belong to no model; behind its sign-in."""

from django.contrib import admin
from django.urls import path

from services_catalog.admin.form_check_view import check_form_texts

urlpatterns = [path("services_catalog/forms/check/", admin.site.admin_view(check_form_texts), name="form-check")]
