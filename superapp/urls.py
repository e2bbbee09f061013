from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from citizens.identity.api.views import KeysView
from superapp.operations.metrics.views import metrics

v1 = [
    path("", include("services_catalog.api.urls")),
    path("", include("citizens.identity.api.urls")),
    path("", include("citizens.service_requests.api.urls")),
    path("", include("citizens.notifications.api.urls")),
]

urlpatterns = [
    path("api/v1/", include(v1)),
    path("api/agency/v1/", include("citizens.identity.api.agency_urls")),
    path("api/agency/v1/", include("citizens.service_requests.api.agency_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path(".well-known/jwks.json", KeysView.as_view(), name="jwks"),
    path("health/", include("superapp.operations.urls")),
    path("metrics", metrics, name="metrics"),
    path("admin/operations/", include("superapp.operations.admin_urls")),
    path("admin/second-factor/", include("superapp.officer_sign_in.urls")),
    path("admin/", include("services_catalog.admin.urls")),
    path("admin/i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

handler400 = "superapp.api.problems.bad_request"
handler403 = "superapp.api.problems.permission_denied"
handler404 = "superapp.api.problems.page_not_found"
handler500 = "superapp.api.problems.server_error"
