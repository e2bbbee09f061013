from django.contrib import admin
from django.urls import path

from superapp.operations.admin_views import operations

urlpatterns = [path("", admin.site.admin_view(operations), name="operations")]
