"""What has changed in the public catalogue, written by triggers (models.catalogue_triggers)."""

from django.db import models


class CatalogueVersion(models.Model):
    """One row: when the catalogue changed last. Whatever is remembered of the catalogue is remembered by these numbers.

    Microseconds since 1970, each larger than all before: a number never comes back, not even after a backup was put
    in place.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # What the services say, and their outages.
    number = models.BigIntegerField()
    # How they run: breakers, pauses, opening hours, usual times, popularity.
    running = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="catalogue_has_one_version")]

    def __str__(self) -> str:
        return f"{self.number}/{self.running}"


class CatalogueEntry(models.Model):
    """In which version of the catalogue a service, by its code, changed last. Rows stay when services go."""

    code = models.CharField(max_length=64, primary_key=True)
    version = models.BigIntegerField(db_index=True)
    is_live = models.BooleanField()

    class Meta:
        verbose_name_plural = "catalogue entries"

    def __str__(self) -> str:
        return self.code
