"""How officers prove who they are to Django."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class OfficerBackend(ModelBackend):
    """By password. What they may do is said by `services_catalog.rights`: Django's permissions grant nothing."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()
