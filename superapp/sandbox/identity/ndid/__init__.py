"""An NDID node as its relying parties see it (API v6), the chain behind it, and the app of the banks that answer."""
