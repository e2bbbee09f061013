from enum import StrEnum


class ProviderCode(StrEnum):
    """The platform's code of each, in the order of their ports."""

    THAID = "thaid"
    MOPROM = "moprom"
    PAOTANG = "paotang"
    DGA = "dga"
    NDID = "ndid"
