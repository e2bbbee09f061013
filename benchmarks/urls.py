from django.urls import path

from benchmarks.bare.views import BareAcceptView
from superapp.urls import *  # noqa: F403

urlpatterns = [*urlpatterns, path("bare/accept", BareAcceptView.as_view())]  # noqa: F405
