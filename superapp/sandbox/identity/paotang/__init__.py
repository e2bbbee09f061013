"""Pao Tang (Krungthai) as its public test client uses it: plain OAuth2, then a call for the customer's profile."""
