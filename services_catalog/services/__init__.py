"""What can be done to the catalogue: one function per use case, keyword-only, typed."""
