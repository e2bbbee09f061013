from django.urls import path

from citizens.identity.api.service_token_views import RedeemView

urlpatterns = [path("service-tokens/redeem", RedeemView.as_view(), name="agency-service-token-redeem")]
