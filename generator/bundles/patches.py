"""One file told as what changed since another: zstandard with the old file as its dictionary.

In go an old and a new content, out comes a patch, and back. Where the library is missing, as in a
bare Python, patches cannot be read and the full bundle is needed.
"""

from __future__ import annotations

from generator.bundles.refusals import RefusedError

try:
    import zstandard
except ImportError:
    zstandard = None  # type: ignore[assignment]

_LEVEL = 19
_LONGEST = 31
_LARGEST_TABLE = 27
"""Powers of two: 2 ** 27 places take half a gigabyte while a patch is made."""


def reads_patches() -> bool:
    """Return whether the library is there."""
    return zstandard is not None


def make_patch(old: bytes, new: bytes) -> bytes:
    """Return what makes `new` of `old`."""
    window = max(10, min(_LONGEST - 4, (len(old) + len(new)).bit_length()))
    # the level's own tables forget what is more than 16 million bytes away
    table = max(10, min(_LARGEST_TABLE, window))
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL,
        window_log=window,
        hash_log=table - 1,
        chain_log=table,
        enable_ldm=True,
        write_checksum=False,
    )
    compressor = zstandard.ZstdCompressor(dict_data=_dictionary(old), compression_params=parameters)
    return compressor.compress(new)


def apply_patch(old: bytes, patch: bytes, size: int) -> bytes:
    """Return the content, of `size` bytes, that a patch makes of `old`. Raises `RefusedError`."""
    if zstandard is None:
        raise RefusedError(
            "it holds patches, which need the Python package zstandard: ask for the full bundle"
        )
    try:
        if zstandard.frame_content_size(patch) != size:
            raise RefusedError("a patch makes something else than the manifest says")
        reader = zstandard.ZstdDecompressor(dict_data=_dictionary(old), max_window_size=2**_LONGEST)
        return reader.decompress(patch, max_output_size=size)
    except zstandard.ZstdError as error:
        raise RefusedError("a patch does not fit what is installed") from error


def _dictionary(content: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(content, zstandard.DICT_TYPE_RAWCONTENT)
