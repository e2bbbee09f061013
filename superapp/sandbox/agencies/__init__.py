"""Agencies that receive submissions over HTTP, each kind behaving well or badly in its own way."""
