from django.urls import path

from citizens.service_requests.api import draft_views, views

urlpatterns = [
    path("service-requests", views.ServiceRequestsView.as_view(), name="service-request-list"),
    path(
        "service-requests/<uuid:request_id>",
        views.ServiceRequestView.as_view(),
        name="service-request-detail",
    ),
    path(
        "service-requests/<uuid:request_id>/events",
        views.TimelineView.as_view(),
        name="service-request-events",
    ),
    path("service-requests/<uuid:request_id>/cancel", views.CancelView.as_view(), name="service-request-cancel"),
    path(
        "service-requests/<uuid:request_id>/response",
        views.ResponseView.as_view(),
        name="service-request-response",
    ),
    path("request-drafts", draft_views.DraftsView.as_view(), name="request-draft-list"),
    path("request-drafts/<uuid:draft_id>", draft_views.DraftView.as_view(), name="request-draft-detail"),
    path("request-drafts/<uuid:draft_id>/submit", draft_views.DraftSubmitView.as_view(), name="request-draft-submit"),
]
