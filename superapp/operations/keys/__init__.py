"""Moving what is encrypted, and what it is looked up by, from old keys to the ones that write now."""
