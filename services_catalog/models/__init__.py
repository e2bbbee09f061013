"""Agencies, what they offer, and the limits on reaching them."""

from services_catalog.models.agencies import Agency, AgencyCredential
from services_catalog.models.lanes import Breaker, Lane, Standing
from services_catalog.models.links import LinkCheck
from services_catalog.models.officers import Officer
from services_catalog.models.operator_actions import OperatorAction
from services_catalog.models.outages import Outage
from services_catalog.models.search import SearchAlias
from services_catalog.models.services import Category, LifeEvent, Service, ServiceDraft, ServiceVersion
from services_catalog.models.stats import ServiceStats

__all__ = [
    "Agency",
    "AgencyCredential",
    "Breaker",
    "Category",
    "Lane",
    "LifeEvent",
    "LinkCheck",
    "Officer",
    "OperatorAction",
    "Outage",
    "SearchAlias",
    "Service",
    "ServiceDraft",
    "ServiceStats",
    "ServiceVersion",
    "Standing",
]
