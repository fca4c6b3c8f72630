"""Why a bundle is not taken: reasons in plain words, all that were found."""

from __future__ import annotations


class RefusedError(Exception):
    """A bundle is not what it says it is, or may not be installed here."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons
