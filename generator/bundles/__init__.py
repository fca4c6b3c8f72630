"""Bundles: packed and signed here, verified and installed at a remote site.

`packing` and `signing` make them, `protection` puts one into an archive that opens with a password
only. Everything that checks and installs (`refusals` `ed25519` `minisign` `names` `zips`
`manifests` `verifying` `disk` `installing` `applier`) needs nothing but Python itself: `assembly`
puts these modules into the one file that travels in each bundle.
"""
