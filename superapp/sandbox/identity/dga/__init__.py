"""DGA Digital ID with the addresses, claims and hashed client secret of DGA's own sample for relying parties.

It signs with RS256, which OpenID Connect has every provider know and DGA's kind of server uses unless told otherwise,
and has a new key at every start: what verifies ThaID's ES256 has to verify this by its configuration alone.
"""
