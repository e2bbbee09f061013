from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.Model):
    """The due requests of one service and the limits on delivering them (architecture, rule 7).

    Slots in use are never counted here: they are the open delivery attempts, so a dead worker leaks none.
    """

    service = models.OneToOneField(
        "services_catalog.Service",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="lane",
        verbose_name=_("service"),
    )
    slots = models.PositiveSmallIntegerField(
        _("slots"), default=8, validators=[MinValueValidator(1), MaxValueValidator(256)]
    )
    call_deadline_seconds = models.PositiveSmallIntegerField(
        _("call deadline (seconds)"), default=10, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    paused = models.BooleanField(_("paused"), default=False)
    # Moving average of the last calls; decides whether the lane is slow.
    recent_call_ms = models.PositiveIntegerField(_("recent call (ms)"), default=0)

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")
        constraints = [
            models.CheckConstraint(condition=models.Q(slots__gte=1), name="lane_has_a_slot"),
            models.CheckConstraint(condition=models.Q(call_deadline_seconds__gte=1), name="lane_has_a_deadline"),
        ]

    def __str__(self) -> str:
        return str(self.service)

    @property
    def is_slow(self) -> bool:
        return timedelta(milliseconds=self.recent_call_ms) > settings.SLOW_CALL

    @property
    def usable_slots(self) -> int:
        """Slots this lane may fill now: none when paused, one when its agency is slow."""
        if self.paused:
            return 0
        return 1 if self.is_slow else self.slots

    @property
    def call_deadline(self) -> timedelta:
        return timedelta(seconds=self.call_deadline_seconds)
