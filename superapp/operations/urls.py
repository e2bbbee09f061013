from django.urls import path

from superapp.operations.views import alive, ready

urlpatterns = [path("alive", alive, name="health-alive"), path("ready", ready, name="health-ready")]
