"""Agencies, what they offer, and the limits on reaching them."""

from services_catalog.models import catalogue_triggers  # noqa: F401  (registers the triggers)
from services_catalog.models.agencies import Agency, AgencyCredential
from services_catalog.models.audit import AuditEvent
from services_catalog.models.catalogue import CatalogueEntry, CatalogueVersion
from services_catalog.models.imports import ImportJob
from services_catalog.models.lanes import Breaker, Lane, Standing
from services_catalog.models.links import LinkCheck
from services_catalog.models.officers import Officer
from services_catalog.models.operator_actions import OperatorAction
from services_catalog.models.outages import Outage
from services_catalog.models.search import SearchAlias, UnansweredQuery
from services_catalog.models.services import Category, LifeEvent, Service, ServiceDraft, ServiceVersion
from services_catalog.models.stats import ServiceStats

__all__ = [
    "Agency",
    "AgencyCredential",
    "AuditEvent",
    "Breaker",
    "CatalogueEntry",
    "CatalogueVersion",
    "Category",
    "ImportJob",
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
    "UnansweredQuery",
]
