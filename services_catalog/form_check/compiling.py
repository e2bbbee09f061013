"""Forms as validators: JSON Schema 2020-12, formats asserted, linear time, nothing fetched."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from services_catalog.form_sentences import sentence_for
from services_catalog.national_id import is_national_id
from services_catalog.problems import FieldProblem, pointer


def compiled(form: dict[str, Any] | bool) -> jsonschema_rs.Draft202012Validator:
    """Raises ValueError when the form is no schema, refers elsewhere or has a pattern that is not linear."""
    return jsonschema_rs.Draft202012Validator(
        form,
        validate_formats=True,
        formats={"thai-national-id": is_national_id},
        pattern_options=jsonschema_rs.RegexOptions(),  # linear time: no catastrophic patterns
        mask="***",
        offline=True,  # no remote $ref
    )


def answer_problems(validator: jsonschema_rs.Draft202012Validator, data: Any) -> Iterator[FieldProblem]:
    """What is wrong with `data`; pointers are relative to the data. The values are never told."""
    for error in validator.iter_errors(data):
        keyword, details = error.kind.name, error.kind.as_dict()
        # What is missing or surplus is a member of the object the error points at.
        members = [details["property"]] if keyword == "required" else details.get("unexpected", [None])
        for member in members:
            path = [*error.instance_path, *([] if member is None else [member])]
            yield FieldProblem(pointer(*path), keyword, sentence_for(keyword, details))
