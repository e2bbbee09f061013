"""What is wrong with a form that somebody writes, told in plain words and with the place where it is.

Pure functions of texts and values: the editor in the admin, publishing and the agencies' API all ask here.
"""

from services_catalog.form_check.checking import problems_of_example, problems_of_form
from services_catalog.form_check.examples import example_for
from services_catalog.form_check.order import readable, with_order
from services_catalog.form_check.problems import FormProblem
from services_catalog.form_check.texts import CheckedTexts, PlacedProblem, check_texts, place_problems, read_text

__all__ = [
    "CheckedTexts",
    "FormProblem",
    "PlacedProblem",
    "check_texts",
    "example_for",
    "place_problems",
    "problems_of_example",
    "problems_of_form",
    "read_text",
    "readable",
    "with_order",
]
