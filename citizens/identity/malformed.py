"""What reading a token raises that is none, or holds something else than it should."""

from joserfc.errors import JoseError

# joserfc looks into a header and a payload as if they were objects, whatever JSON they are.
NOT_WELL_FORMED = (JoseError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
