"""Comparing what we think the agencies have with what they say they have."""
