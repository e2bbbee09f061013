from django.urls import path

from citizens.service_requests.api.agency_views import StatusEventsView

urlpatterns = [path("status-events", StatusEventsView.as_view(), name="agency-status-events")]
