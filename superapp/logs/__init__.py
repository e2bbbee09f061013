"""What every line of every process's log looks like, and the request id that ties them together."""
