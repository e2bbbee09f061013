"""PostgreSQL and Valkey from their wheels, for machines that have no servers of their own (Linux; never production)."""
