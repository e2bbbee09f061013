"""A whole local system, and somebody who uses it: what `make demo` and `make run` are made of."""
