from django.urls import path

from citizens.notifications.api.views import NotificationsView

urlpatterns = [path("notifications", NotificationsView.as_view(), name="notification-list")]
