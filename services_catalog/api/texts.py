from typing import Any

from rest_framework import serializers


class NameSerializer(serializers.Serializer[Any]):
    """A text in both languages; English is empty where nobody has translated it."""

    th = serializers.CharField()
    en = serializers.CharField(allow_blank=True)
