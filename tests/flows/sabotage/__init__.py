"""A system that is broken on purpose: what chaos must find. SABOTAGE names what is broken; empty: nothing."""
