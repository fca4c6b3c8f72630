"""Bundles: packed and signed here, verified and installed at a remote site.

`packing` and `signing` make them, `protection` puts one into an archive that opens with a password
only, `differing` makes updates, `publishing` lays all of it out for `downloading` and `fetching`.
Everything that fetches, checks and installs (`assembly.MODULES`) needs nothing but Python itself:
`assembly` puts these modules into the one file that travels in each bundle.
"""
