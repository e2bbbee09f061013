"""Shapes of what a citizen sees of themselves."""

from typing import Any

from rest_framework import serializers

from citizens.identity.api.serializers import NamedSerializer
from services_catalog.api.texts import TextSerializer


class NamesSerializer(serializers.Serializer[Any]):
    """As the strongest digital ID has them; empty where none gives them."""

    title_th = serializers.CharField(allow_blank=True)
    given_name_th = serializers.CharField(allow_blank=True)
    family_name_th = serializers.CharField(allow_blank=True)


class MyselfSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Our id, the `sub` of tokens")
    national_id = serializers.CharField(help_text="The 13-digit number, masked: 1-xxxx-xxxxx-12-1")
    names = NamesSerializer()


class LinkedSerializer(serializers.Serializer[Any]):
    provider = NamedSerializer()
    ial = serializers.DecimalField(max_digits=2, decimal_places=1)
    linked_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    can_unlink = serializers.BooleanField(help_text="False for the last one")


class HeldSerializer(serializers.Serializer[Any]):
    """A digital ID that says something else than those that are linked."""

    provider = NamedSerializer()
    decision = serializers.ChoiceField(choices=["waiting", "refused"])
    differing = serializers.ListField(child=serializers.CharField(), help_text="Names of the claims that differ")
    held_at = serializers.DateTimeField()
    what_next = TextSerializer()


class MyIdentitiesSerializer(serializers.Serializer[Any]):
    linked = LinkedSerializer(many=True)
    held = HeldSerializer(many=True)
