"""How officers sign in: password, second factor, lock-out after wrong passwords, and sessions that end when idle."""
