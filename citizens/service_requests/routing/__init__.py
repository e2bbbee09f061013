"""From due rows to agencies and back: claim, send, record, sweep (architecture, rules 1, 4, 5 and 7)."""
