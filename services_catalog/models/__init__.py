"""Agencies, what they offer, and the limits on reaching them."""

from services_catalog.models.agencies import Agency, AgencyCredential
from services_catalog.models.lanes import Lane
from services_catalog.models.officers import Officer
from services_catalog.models.search import SearchAlias
from services_catalog.models.services import Category, LifeEvent, Service, ServiceVersion

__all__ = [
    "Agency",
    "AgencyCredential",
    "Category",
    "Lane",
    "LifeEvent",
    "Officer",
    "SearchAlias",
    "Service",
    "ServiceVersion",
]
