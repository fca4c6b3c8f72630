"""tierbook: validates support records and makes a site, handbooks and bundles from them."""

__version__ = "0.1.0"
