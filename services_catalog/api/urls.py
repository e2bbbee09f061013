from django.urls import path

from services_catalog.api.views import ServiceDetailView, ServiceListView

urlpatterns = [
    path("services", ServiceListView.as_view(), name="service-list"),
    path("services/<str:code>", ServiceDetailView.as_view(), name="service-detail"),
]
