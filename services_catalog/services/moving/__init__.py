"""Many rows at once: files that people edit, that go from a test platform to production, and the national list."""
