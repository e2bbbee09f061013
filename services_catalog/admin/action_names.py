"""What operators' actions are called."""

from django.utils.translation import gettext_lazy as _

from services_catalog.models import OperatorAction

ACTION_NAMES = {
    "lane_pause": _("Lane paused"),
    "lane_resume": _("Lane resumed"),
    "lane_limits_change": _("Limits changed"),
    "lane_breaker_hold": _("Breaker held or released"),
    "lane_probe_now": _("Probed at once"),
    "outage_force": _("Outage forced"),
    "outage_announce": _("Outage planned"),
    "outage_end": _("Outage ended"),
    "request_retry_now": _("Tried at once"),
    "request_requeue": _("Requeued"),
    "request_cancel": _("Cancelled by an operator"),
    "request_mark_delivered": _("Marked as delivered"),
    "held_identity_accept": _("Held digital ID accepted"),
    "held_identity_refuse": _("Held digital ID refused"),
    "number_reveal": _("Number revealed"),
}


def name_of_action(action: OperatorAction) -> str:
    """In words; an action that has none any more keeps its stable name."""
    return str(ACTION_NAMES.get(action.action, action.action))
