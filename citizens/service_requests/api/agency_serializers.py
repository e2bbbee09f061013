"""Shapes of what agencies push."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from citizens.service_requests.agency_news import REPORTABLE_CHOICES
from citizens.service_requests.models import Actor, Status
from services_catalog.schemas import InvalidForm, check_short_form

# As far as an agency's clock may be fast (webhook-timestamp).
_CLOCKS_DIFFER = timedelta(minutes=5)
# Nobody is given longer to answer; a year of the Buddhist era is 543 ahead.
_LONGEST_TO_ANSWER = timedelta(days=100 * 365)


_GOES_ON = {Status.IN_PROGRESS, Status.ACTION_REQUIRED}


class MomentField(serializers.DateTimeField):
    """A moment that can be kept, and no further ahead than `ahead`: one year 2569 would put an agency's news of 2026
    out of date. Without a zone it is Bangkok's.
    """

    default_error_messages = {"too_far_ahead": "Years are those of the Christian era."}

    def __init__(self, *, ahead: timedelta, **kwargs: Any) -> None:
        self.ahead = ahead
        super().__init__(**kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            moment = super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
        if moment > timezone.now() + self.ahead:
            self.fail("too_far_ahead")
        return moment


class AgencyTextSerializer(serializers.Serializer[Any]):
    th = serializers.CharField(max_length=1000, allow_blank=True)
    en = serializers.CharField(max_length=1000, allow_blank=True)


class QuestionSerializer(serializers.Serializer[Any]):
    th = serializers.CharField(max_length=1000)
    en = serializers.CharField(max_length=1000, allow_blank=True)


class AsksSerializer(serializers.Serializer[Any]):
    """What the citizen is asked for."""

    text = QuestionSerializer()
    until = MomentField(ahead=_LONGEST_TO_ANSWER, required=False, allow_null=True, default=None)
    form = serializers.DictField(
        required=False,
        allow_null=True,
        default=None,
        help_text="JSON Schema 2020-12 of the answer, an object, without references, at most 16 KiB",
    )

    def validate_form(self, form: dict[str, Any] | None) -> dict[str, Any] | None:
        if form is not None:
            try:
                check_short_form(form)
            except InvalidForm:
                raise serializers.ValidationError(code="form") from None
        return form


class AgencyStatusSerializer(serializers.Serializer[Any]):
    """How a request stands at the agency."""

    reference = serializers.UUIDField(help_text="Our reference, as it came with the submission")
    status = serializers.ChoiceField(choices=REPORTABLE_CHOICES)
    agency_reference = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    label = AgencyTextSerializer(required=False, help_text="The agency's own name of this step")  # type: ignore[assignment]
    milestone = AgencyTextSerializer(required=False, help_text="What the citizen should read about it")
    who_acts_next = serializers.ChoiceField(choices=Actor.choices, required=False)
    opened_at = MomentField(ahead=_CLOCKS_DIFFER, required=False, help_text="When an officer opened it")
    asks = AsksSerializer(required=False, help_text="With `action_required` only")
    cancellation = serializers.ChoiceField(
        choices=["refused"],
        required=False,
        help_text="The citizen's wish to cancel, which you had taken, comes to nothing: the request goes on."
        " With `in_progress` and `action_required` only",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "asks" in attrs and attrs["status"] != Status.ACTION_REQUIRED:
            raise serializers.ValidationError({"asks": serializers.ErrorDetail("", code="only_with_action_required")})
        if "cancellation" in attrs and attrs["status"] not in _GOES_ON:
            raise serializers.ValidationError(
                {"cancellation": serializers.ErrorDetail("", code="only_while_it_goes_on")}
            )
        return attrs


class StatusEventMessageSerializer(serializers.Serializer[Any]):
    """A Standard Webhooks message."""

    type = serializers.ChoiceField(choices=["service_request.status_changed"])
    timestamp = MomentField(ahead=_CLOCKS_DIFFER, help_text="When it happened")
    data = AgencyStatusSerializer()  # type: ignore[assignment]


class AgencyAnswerSerializer(serializers.Serializer[Any]):
    accepted = serializers.BooleanField()
    replayed = serializers.BooleanField(help_text="This event's id had been taken before")
