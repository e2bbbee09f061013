"""The admin's pages of citizens and their digital IDs."""

from citizens.admin import held, people, providers  # noqa: F401  (registers them)
