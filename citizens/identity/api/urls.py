from django.urls import path

from citizens.identity.api import views

urlpatterns = [
    path("auth/providers", views.ProvidersView.as_view(), name="auth-providers"),
    path("auth/authorize", views.AuthorizeView.as_view(), name="auth-authorize"),
    path("auth/<slug:provider>/callback", views.CallbackView.as_view(), name="auth-callback"),
    path("auth/token", views.TokenView.as_view(), name="auth-token"),
    path("auth/sign-out", views.SignOutView.as_view(), name="auth-sign-out"),
]
