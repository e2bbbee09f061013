"""Signing in, staying signed in, signing out."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from citizens.identity.api.serializers import (
    AuthorizeSerializer,
    CallbackSerializer,
    ProviderSerializer,
    SignedOutSerializer,
    TokenRequestSerializer,
    TokensSerializer,
)
from citizens.identity.authentication import signed_in_citizen
from citizens.identity.devices import client_address, device_of, network_of
from citizens.identity.problems import SIGN_IN_NOT_FOUND
from citizens.identity.provider_sign_out import session_sign_out
from citizens.identity.providers.offering import providers_told
from citizens.identity.refreshing import tokens_refresh
from citizens.identity.sign_in import code_exchange, sign_in_answer, sign_in_start
from citizens.identity.tokens import public_keys
from services_catalog.problems import Problem

_COOKIE = "__Host-sign-in"
_COOKIE_LIFETIME = 600
_REDIRECT = OpenApiResponse(description="To the next step of the sign-in")

ThrottleKeys = list[tuple[str, str]]


def said(request: Request, name: str) -> str:
    """A text of the body that nobody has checked yet; empty where there is none."""
    value = request.data.get(name) if isinstance(request.data, Mapping) else None
    return value if isinstance(value, str) else ""


class AppRedirect(HttpResponseRedirect):
    """A redirect that may also lead into an app (RFC 8252); which addresses are allowed is checked before."""

    @property
    def allowed_schemes(self) -> list[str]:  # type: ignore[override]
        return ["http", "https", *(urlsplit(address).scheme for address in settings.PHONE_REDIRECT_URIS)]


class OpenView(APIView):
    """A step of the sign-in: nobody is signed in yet, so it is open.

    `throttle_keys` of a step says whom it counts against before the address: pairs of a scope and what tells callers
    apart, which may be empty.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)


class ProvidersView(OpenView):
    @extend_schema(summary="Identity providers that are on", responses=ProviderSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(providers_told())


class AuthorizeView(OpenView):
    problem_statuses = {"GET": ("404", "422", "503")}

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [("sign_in", request.query_params.get(name, "")) for name in ("device_id", "code_challenge")]

    @extend_schema(
        summary="Begin a sign-in: open this in the system browser",
        parameters=[AuthorizeSerializer],
        responses={302: _REDIRECT},
    )
    def get(self, request: Request) -> HttpResponseRedirect:
        asked = AuthorizeSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        started = sign_in_start(
            provider_code=asked.validated_data["provider"],
            redirect_uri=asked.validated_data["redirect_uri"],
            code_challenge=asked.validated_data["code_challenge"],
            client_state=asked.validated_data["state"],
            device_name=asked.validated_data["device_name"],
        )
        response = AppRedirect(started.authorize_url)
        response.set_cookie(
            _COOKIE,
            started.cookie,
            max_age=_COOKIE_LIFETIME,
            secure=True,
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return response


class CallbackView(OpenView):
    problem_statuses = {"GET": ("404", "422", "503")}

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [("sign_in", request.COOKIES.get(_COOKIE, "")), ("sign_in", request.query_params.get("state", ""))]

    @extend_schema(
        summary="Where the identity provider sends the browser back to",
        parameters=[CallbackSerializer],
        responses={302: _REDIRECT},
    )
    def get(self, request: Request, provider: str) -> HttpResponseRedirect:
        answer = CallbackSerializer(data=request.query_params)
        answer.is_valid(raise_exception=True)
        cookie = request.COOKIES.get(_COOKIE)
        if not cookie:
            raise Problem(SIGN_IN_NOT_FOUND)
        response = AppRedirect(
            sign_in_answer(
                provider_code=provider,
                state=answer.validated_data["state"],
                cookie=cookie,
                answer_code=answer.validated_data["code"],
                answer_error=answer.validated_data["error"],
                issuer=answer.validated_data["iss"],
            )
        )
        response.delete_cookie(_COOKIE, path="/", samesite="Lax")
        response.cookies[_COOKIE]["secure"] = True
        return response


class TokenView(OpenView):
    problem_statuses = {"POST": ("503",)}

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [("credential", said(request, name)) for name in ("code", "refresh_token", "replaces")]

    @extend_schema(
        summary="Exchange a one-time code or a refresh token",
        request=TokenRequestSerializer,
        responses=TokensSerializer,
    )
    def post(self, request: Request) -> Response:
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values: dict[str, Any] = asked.validated_data
        if values["grant_type"] == "refresh_token":
            network = network_of(client_address(request))
            tokens = tokens_refresh(refresh_token=values["refresh_token"], network=network)
        else:
            tokens = code_exchange(
                code=values["code"],
                code_verifier=values["code_verifier"],
                redirect_uri=values["redirect_uri"],
                device=device_of(request, values["device_name"]),
                replaces=values["replaces"],
            )
        body = {**asdict(tokens), "token_type": "Bearer"}
        return Response(body, headers={"Cache-Control": "no-store"})


class SignOutView(APIView):
    @extend_schema(
        summary="Sign this device out",
        request=None,
        responses={
            204: OpenApiResponse(description="Signed out"),
            200: OpenApiResponse(
                SignedOutSerializer, description="Signed out here; a page of the provider ends its own session"
            ),
        },
    )
    def post(self, request: Request) -> Response:
        address = session_sign_out(
            session_id=signed_in_citizen(request).session_id, network=network_of(client_address(request))
        )
        if not address:
            return Response(status=204)
        return Response({"provider_sign_out_url": address}, headers={"Cache-Control": "no-store"})


class KeysView(OpenView):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(public_keys(), headers={"Cache-Control": "public, max-age=300"})
