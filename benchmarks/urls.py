from django.urls import path

from benchmarks.bare.views import BareAcceptView, BareConstantView, BareSignedInView
from superapp.urls import *  # noqa: F403

urlpatterns = [
    *urlpatterns,  # noqa: F405
    path("bare/accept", BareAcceptView.as_view()),
    path("bare/constant", BareConstantView.as_view()),
    path("bare/signed-in", BareSignedInView.as_view()),
]
