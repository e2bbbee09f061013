from django.urls import path

from citizens.identity.api import consent_views, device_views, me_views, service_token_views, views

urlpatterns = [
    path("auth/providers", views.ProvidersView.as_view(), name="auth-providers"),
    path("auth/authorize", views.AuthorizeView.as_view(), name="auth-authorize"),
    path("auth/<slug:provider>/callback", views.CallbackView.as_view(), name="auth-callback"),
    path("auth/token", views.TokenView.as_view(), name="auth-token"),
    path("auth/providers/<slug:code>/banks", consent_views.BanksView.as_view(), name="auth-banks"),
    path("auth/consent-requests", consent_views.ConsentRequestsView.as_view(), name="consent-requests"),
    path(
        "auth/consent-requests/callback/<slug:token>",
        consent_views.ConsentCallbackView.as_view(),
        name="consent-callback",
    ),
    path("auth/consent-requests/<uuid:request_id>", consent_views.ConsentRequestView.as_view(), name="consent-request"),
    path("auth/consent-requests/<uuid:request_id>/finish", consent_views.FinishView.as_view(), name="consent-finish"),
    path("auth/consent-requests/<uuid:request_id>/cancel", consent_views.CancelView.as_view(), name="consent-cancel"),
    path("auth/sign-out", views.SignOutView.as_view(), name="auth-sign-out"),
    path("me", me_views.MeView.as_view(), name="me"),
    path("me/identities", me_views.MyIdentitiesView.as_view(), name="my-identities"),
    path("me/identities/<slug:provider>", me_views.MyIdentityView.as_view(), name="my-identity"),
    path("me/sessions", device_views.SessionsView.as_view(), name="session-list"),
    path("me/sessions/<uuid:session_id>", device_views.SessionView.as_view(), name="session-detail"),
    path("me/consents", service_token_views.ConsentsView.as_view(), name="consent-list"),
    path("me/consents/<uuid:consent_id>", service_token_views.ConsentView.as_view(), name="consent-detail"),
    path("service-tokens", service_token_views.ServiceTokensView.as_view(), name="service-token-list"),
    path("me/identity-events", device_views.IdentityEventsView.as_view(), name="identity-event-list"),
]
