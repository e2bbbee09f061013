"""How a service's requests reach its agency, as its row says."""

from rest_framework.exceptions import ValidationError

from services_catalog.adapters.base import Adapter
from services_catalog.adapters.registry import UnknownAdapter, registry
from services_catalog.languages import Text
from services_catalog.models.content import ServiceContent


def adapter_of(row: ServiceContent) -> Adapter | Text:
    """The adapter with a service's or draft's options, or why there is none."""
    if not row.adapter:
        return Text("ยังไม่ได้เลือกวิธีส่งคำขอ", "It is not said how requests reach the agency.")
    try:
        return registry.build(row.adapter, row.adapter_options)
    except UnknownAdapter:
        name = repr(row.adapter)
        return Text(f"ไม่มีตัวเชื่อมต่อชื่อ {name}", f"There is no adapter called {name}.")
    except ValidationError as error:
        wrong = ", ".join(sorted(error.detail)) if isinstance(error.detail, dict) else "all of them"
        return Text(f"ตัวเชื่อมต่อไม่รับค่าเหล่านี้: {wrong}", f"The adapter refuses these options: {wrong}.")
