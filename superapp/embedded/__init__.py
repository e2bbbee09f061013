"""PostgreSQL and Valkey from their wheels, for Linux machines without servers; never production."""
