"""Identity providers: protocol classes, and the configured providers that use them."""
