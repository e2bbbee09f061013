"""`/metrics` for Prometheus: what the processes have counted, and what the database says now."""
