import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superapp.settings.local")

application = get_wsgi_application()
# The views, and the dictionaries behind the search, are loaded before the first request and not by it.
get_resolver().url_patterns  # noqa: B018
