"""A ThaID provider with the paths, answers and quirks of DOPA's RP API 1.0.1 (25 Sep 2566)."""
