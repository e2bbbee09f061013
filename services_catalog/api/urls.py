from django.urls import path

from services_catalog.api import views

urlpatterns = [
    path("services", views.ServiceListView.as_view(), name="service-list"),
    path("services/suggestions", views.SuggestionsView.as_view(), name="service-suggestions"),
    path("services/<str:code>", views.ServiceDetailView.as_view(), name="service-detail"),
    path("agencies", views.AgencyListView.as_view(), name="agency-list"),
    path("categories", views.CategoryListView.as_view(), name="category-list"),
    path("life-events", views.LifeEventListView.as_view(), name="life-event-list"),
    path("catalogue", views.WholeCatalogueView.as_view(), name="catalogue"),
]
