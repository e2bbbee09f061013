from typing import Any

from rest_framework import serializers


class TextSerializer(serializers.Serializer[Any]):
    """A text in both languages; English is empty where nobody has translated it, both where there is no text."""

    th = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)
