"""The suite: the local settings with a state of their own and cheap passwords."""

from .local import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
