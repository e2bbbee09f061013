from django.contrib import admin
from django.urls import path

from superapp.officer_sign_in.views import enrol, verify

urlpatterns = [
    path("", admin.site.admin_view(verify), name="second-factor"),
    path("enrol/", admin.site.admin_view(enrol), name="second-factor-enrol"),
]
