"""Five digital IDs that speak the real protocols: here is what they share, and a package for what each does its way."""
