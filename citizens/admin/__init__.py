"""The admin's pages of citizens and their digital IDs."""

from citizens.admin import held, people  # noqa: F401  (registers them)
