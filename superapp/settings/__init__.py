"""Settings by topic. `local` runs on one machine without set-up, `production` refuses to start half-configured."""
