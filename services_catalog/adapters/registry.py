"""Which adapters there are."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services_catalog.adapters.base import Adapter


class UnknownAdapter(LookupError):
    """No adapter of that name is registered."""


class AdapterRegistry:
    """Adapter classes by name. Tests build their own."""

    def __init__(self) -> None:
        self._classes: dict[str, type[Adapter]] = {}

    def register(self, name: str) -> Callable[[type[Adapter]], type[Adapter]]:
        """Class decorator. Raises ValueError when the name is taken."""

        def add(adapter_class: type[Adapter]) -> type[Adapter]:
            if name in self._classes:
                raise ValueError(f"There is an adapter called {name!r} already.")
            self._classes[name] = adapter_class
            return adapter_class

        return add

    def build(self, name: str, options: Mapping[str, Any]) -> Adapter:
        """An adapter with validated options. Raises UnknownAdapter or rest_framework's ValidationError."""
        return self.get(name)(options)

    def get(self, name: str) -> type[Adapter]:
        """Raises UnknownAdapter."""
        try:
            return self._classes[name]
        except KeyError:
            raise UnknownAdapter(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._classes))


registry = AdapterRegistry()
