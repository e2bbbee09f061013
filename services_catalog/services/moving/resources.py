"""What stands in the files of agencies, headings and aliases: stable codes, never primary keys, never a secret."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import tablib
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _
from import_export.resources import Diff, ModelResource

from services_catalog.models import Agency, Category, LifeEvent, Officer, SearchAlias
from services_catalog.search import normalise
from services_catalog.services.agencies import agency_save
from services_catalog.services.moving.columns import ColumnWidget


class ColumnDiff(NamedTuple):
    """A column that a file changes, as it stands in files."""

    column: str
    before: str
    after: str


class RowDiff(Diff):  # type: ignore[misc]
    """The columns of a row that differ, instead of all of them."""

    def __init__(self, resource: "CatalogueResource", instance: models.Model, new: bool) -> None:
        super().__init__(resource, instance, new)
        self.columns = [field.column_name for field in resource.get_import_fields()]

    def as_html(self) -> list[ColumnDiff]:
        before = [""] * len(self.left) if self.new else self.left
        rows = zip(self.columns, before, self.right, strict=True)
        return [ColumnDiff(*row) for row in rows if row[1] != row[2]]


class CatalogueResource(ModelResource):  # type: ignore[misc]
    """Base of all. Rows are found by `key`; one that says nothing new is left alone; a bad row leaves all unwritten.

    `by` imports; where they work for an agency, `agency_id` is that agency and only its rows may be touched.
    """

    key = "code"

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        import_id_fields: Sequence[str] = ["code"]

    def __init__(self, *, by: Officer | None = None, agency_id: UUID | None = None) -> None:
        super().__init__()
        self.by = by
        self.agency_id = agency_id
        self._seen: set[str] = set()
        self._is_new = False

    @classmethod
    def widget_from_django_field(cls, f: "models.Field[Any, Any]", default: Any = None) -> Callable[..., ColumnWidget]:
        return lambda **kwargs: ColumnWidget(f)

    @classmethod
    def get_diff_class(cls) -> type[RowDiff]:
        return RowDiff

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        known = [field.column_name for field in self.get_import_fields()]
        unknown = [one for one in dataset.headers if one not in known]
        problem = ""
        if unknown:
            problem = _("There are no columns called %(names)s.") % {"names": ", ".join(unknown)}
        elif self.key not in dataset.headers:
            problem = _("The column %(name)s is missing.") % {"name": self.key}
        if problem:
            dataset.wipe()
            raise ValueError(problem)

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row[self.key] = key = str(row[self.key] or "").strip()
        if not key:
            raise ValidationError({self.key: _("This is empty.")})
        if key in self._seen:
            raise ValidationError({self.key: _("This row is in the file twice.")})
        self._seen.add(key)

    def get_or_init_instance(self, instance_loader: Any, row: dict[str, Any]) -> tuple[Any, bool]:
        instance, self._is_new = super().get_or_init_instance(instance_loader, row)
        return instance, self._is_new

    def skip_row(self, *args: Any, **kwargs: Any) -> bool:
        """A new row is never skipped, however little it says."""
        return not self._is_new and bool(super().skip_row(*args, **kwargs))

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        try:
            with transaction.atomic():
                self.write(instance, is_create)
        except DatabaseError:
            raise ValidationError(_("The database refuses this row.")) from None

    def write(self, instance: Any, is_create: bool) -> None:
        instance.save(force_insert=is_create)


class AgencyResource(CatalogueResource):
    class Meta:
        model = Agency
        exclude = ["id", "created_at", "updated_at"]

    def write(self, instance: Agency, is_create: bool) -> None:
        agency_save(instance)


class CategoryResource(CatalogueResource):
    class Meta:
        model = Category


class LifeEventResource(CatalogueResource):
    class Meta:
        model = LifeEvent


class SearchAliasResource(CatalogueResource):
    key = "term"

    class Meta:
        model = SearchAlias
        exclude = ["id"]
        import_id_fields: Sequence[str] = ["term"]

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["term"] = normalise(str(row["term"] or ""))
        super().before_import_row(row, **kwargs)
