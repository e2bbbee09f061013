from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficerSignInConfig(AppConfig):
    name = "superapp.officer_sign_in"
    verbose_name = _("Signing in")
