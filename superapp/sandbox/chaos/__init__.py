"""Everything is killed again and again while citizens send requests: what `make chaos` is made of."""
