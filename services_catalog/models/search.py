from django.db import models


class SearchAlias(models.Model):
    """An everyday word and the official words to look for instead: ใบขับขี่ → ใบอนุญาตขับรถ."""

    term = models.CharField(max_length=100, unique=True, help_text="Normalised as the search normalises queries.")
    means = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "search aliases"

    def __str__(self) -> str:
        return f"{self.term} → {self.means}"
