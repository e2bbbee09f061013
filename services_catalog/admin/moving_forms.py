"""The forms of import: the upload, and the click after the differences were read."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.forms import ValidationError
from django.utils.translation import gettext as _
from import_export.forms import ConfirmImportForm

from services_catalog.admin.base import ImportForm
from services_catalog.services.moving.formats import FORMATS, MAX_BYTES
from services_catalog.services.moving.uploads import UploadStorage


class UploadForm(ImportForm):  # type: ignore[misc]
    """Refuses large files before anything reads them."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is too large: at most %(size)d MB.") % {"size": MAX_BYTES >> 20})
        return file


class ConfirmForm(ConfirmImportForm):  # type: ignore[misc]
    """The name of the waiting file is signed: it is of this officer and for this page."""

    def __init__(self, *args: Any, signer: Signer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._signer = signer

    def clean_import_file_name(self) -> str:
        try:
            name: str = self._signer.unsign(self.cleaned_data["import_file_name"])
        except BadSignature:
            raise ValidationError(_("This is not the file of this page.")) from None
        if UploadStorage(name=name).read() is None:
            raise ValidationError(_("The file has waited for too long."))
        return name

    def clean_format(self) -> str:
        number: str = self.cleaned_data["format"]
        if number not in map(str, range(len(FORMATS))):
            raise ValidationError(_("There is no such format."))
        return number
