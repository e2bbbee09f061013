"""Mor Prom (MOPH Health ID) as its public clients use it: an envelope around every answer, and a token for a year."""
