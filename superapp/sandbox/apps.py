from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "superapp.sandbox"
    label = "sandbox"
