"""The other side of the wire: a ThaID provider and agencies that speak the real protocols on this machine.

Nothing else in the project imports this package; it is reached through HTTP only, as the real ones are.
"""
