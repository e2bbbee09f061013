from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from services_catalog.days import day_of
from services_catalog.managers import LaneQuerySet
from services_catalog.opening_hours import is_open

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


class Standing(models.TextChoices):
    """Whether a lane may deliver now, and if not, why not: the first that applies."""

    PAUSED = "paused", _("Paused")
    OUTAGE = "outage", _("Outage")
    CLOSED = "closed", _("Outside its opening hours")
    USED_UP = "used_up", _("Calls of the day used up")
    BREAKER_OPEN = "breaker_open", _("Circuit breaker open")
    PROBING = "probing", _("Probing")
    RUNNING = "running", _("Running")


class Breaker(models.TextChoices):
    """The circuit breaker's state."""

    CLOSED = "closed", _("Closed")
    OPEN = "open", _("Open")
    HALF_OPEN = "half_open", _("Half-open")


def every_day() -> list[int]:
    return list(EVERY_DAY)


class Lane(models.Model):
    """The due requests of one service and the limits on delivering them (architecture, rule 7).

    Slots in use are never counted here: they are the open delivery attempts, so a dead worker leaks none. Whoever
    changes a lane while it runs writes the fields that changed and no others: workers write the rest.
    """

    service = models.OneToOneField(
        "services_catalog.Service",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="lane",
        verbose_name=_("service"),
    )
    # Limits: operators and the agency's officers set them at run time.
    slots = models.PositiveSmallIntegerField(
        _("slots"), default=8, validators=[MinValueValidator(1), MaxValueValidator(256)]
    )
    call_deadline_seconds = models.PositiveSmallIntegerField(
        _("call deadline (seconds)"), default=10, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    rate_per_second = models.PositiveSmallIntegerField(
        _("calls per second"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    rate_per_day = models.PositiveIntegerField(
        _("calls per day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    give_up_after_days = models.PositiveSmallIntegerField(
        _("given up after (days)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    # Opening hours of the agency's system, Asia/Bangkok; open round the clock where both are empty.
    opens_at = models.TimeField(_("opens at"), null=True, blank=True)
    closes_at = models.TimeField(_("closes at"), null=True, blank=True)
    # ISO 8601: Monday is 1.
    open_weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        default=every_day,
        verbose_name=_("open on"),
    )
    paused = models.BooleanField(_("paused"), default=False)
    # An operator's word over the breaker's own: "open" stops the lane, "closed" ignores all failures.
    breaker_override = models.CharField(
        _("breaker held"),
        max_length=10,
        choices=[("open", _("Open")), ("closed", _("Closed"))],
        blank=True,
    )

    # How it runs: written by the workers, under the row's lock.
    # Moving average of the last calls; decides whether the lane is slow.
    recent_call_ms = models.PositiveIntegerField(_("recent call (ms)"), default=0)
    breaker = models.CharField(_("breaker"), max_length=10, choices=Breaker.choices, default=Breaker.CLOSED)
    # Since when it is closed, or is not.
    breaker_since = models.DateTimeField(_("breaker since"), null=True, blank=True)
    breaker_probe_at = models.DateTimeField(_("next probe"), null=True, blank=True)
    # Probes that failed in a row: each makes the next one wait longer.
    breaker_failed_probes = models.PositiveSmallIntegerField(_("failed probes"), default=0)
    # The calls of the breaker's present window.
    window_started_at = models.DateTimeField(null=True, blank=True)
    window_calls = models.PositiveIntegerField(default=0)
    window_failures = models.PositiveIntegerField(default=0)
    window_slow = models.PositiveIntegerField(default=0)
    # Calls that may start at once (a token bucket) as of `rate_refilled_at`, and those started on `rate_day` (Bangkok).
    rate_tokens = models.FloatField(default=0)
    rate_refilled_at = models.DateTimeField(null=True, blank=True)
    rate_day = models.DateField(null=True, blank=True)
    rate_day_calls = models.PositiveIntegerField(_("calls today"), default=0)

    objects = LaneQuerySet.as_manager()
    # By LaneQuerySet.with_outage.
    has_outage: bool

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")
        constraints = [
            models.CheckConstraint(condition=models.Q(slots__gte=1), name="lane_has_a_slot"),
            models.CheckConstraint(condition=models.Q(call_deadline_seconds__gte=1), name="lane_has_a_deadline"),
            models.CheckConstraint(condition=models.Q(breaker__in=Breaker.values), name="lane_breaker_known"),
            models.CheckConstraint(
                condition=models.Q(breaker_override__in=["", "open", "closed"]), name="lane_breaker_override_known"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True, closes_at__isnull=True)
                | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                name="lane_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return str(self.service)

    @property
    def is_slow(self) -> bool:
        return timedelta(milliseconds=self.recent_call_ms) > settings.SLOW_CALL

    @property
    def effective_breaker(self) -> Breaker:
        return Breaker(self.breaker_override or self.breaker)

    @property
    def call_deadline(self) -> timedelta:
        return timedelta(seconds=self.call_deadline_seconds)

    def calls_today(self, now: datetime) -> int:
        """Calls started on the day of `now`. Of a clock that is behind, the later day counts on."""
        return self.rate_day_calls if self.rate_day is not None and self.rate_day >= day_of(now) else 0

    def standing(self, now: datetime) -> Standing:
        """Whether it may deliver now. Needs the annotation of `LaneQuerySet.with_outage`."""
        if self.paused:
            return Standing.PAUSED
        if self.has_outage:
            return Standing.OUTAGE
        if not is_open(now, opens_at=self.opens_at, closes_at=self.closes_at, weekdays=self.open_weekdays):
            return Standing.CLOSED
        if self.rate_per_day is not None and self.calls_today(now) >= self.rate_per_day:
            return Standing.USED_UP
        return self._by_breaker(now)

    def _by_breaker(self, now: datetime) -> Standing:
        breaker = self.effective_breaker
        if breaker == Breaker.CLOSED:
            return Standing.RUNNING
        if breaker == Breaker.HALF_OPEN:
            return Standing.PROBING
        is_due = not self.breaker_override and self.breaker_probe_at is not None and self.breaker_probe_at <= now
        return Standing.PROBING if is_due else Standing.BREAKER_OPEN

    def usable_slots(self, now: datetime) -> int:
        """Slots it may fill now: one for a probe or where its agency is slow, none where it may not deliver."""
        standing = self.standing(now)
        if standing == Standing.PROBING:
            return 1
        if standing != Standing.RUNNING:
            return 0
        return 1 if self.is_slow else self.slots
