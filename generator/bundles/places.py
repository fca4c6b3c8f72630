"""Opens what is published, from a byte on: on a web server, a share or a stick.

In go a place and a name, out come the file's bytes as they arrive, or what kind of failure it was.
With Python's own `urllib`, because it travels in `kb-update.py`. `If-Range` is not sent: a name
stands for one content, whose digest is known. Where two mirrors give the same file other ETags, it
would only begin again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, url2pathname

from generator.bundles.refusals import RefusedError

_PIECE = 2**16
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")
_WEB = ("http", "https")
_LATER = (408, 425, 429, 500, 502, 503, 504)


class LineError(OSError):
    """Nothing more comes for now; what came is kept."""


class MissingError(LineError):
    """The place answers, and there is no such file."""


class BrokenError(Exception):
    """One try failed; the next one may not."""

    def __init__(self, why: str, wait: int = 0, is_of_ranges: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        """Seconds that the server asks to wait; 0 where it asks for nothing."""
        self.is_of_ranges = is_of_ranges
        """Whether the server is better asked for the whole file."""


class _Stream(Protocol):
    def read1(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """A file's bytes from `first` on, up to `end` where that is known."""

    stream: _Stream
    first: int
    end: int | None

    def read(self, most: int) -> bytes:
        """Return what came, as soon as something did; nothing at the end."""
        try:
            return self.stream.read1(min(_PIECE, most))
        except (OSError, HTTPException) as error:
            raise _broken(error) from error

    def close(self) -> None:
        self.stream.close()


def opened(place: str, name: str, first: int, size: int | None, timeout: float) -> Reply:
    """Return a file from a byte on, or from its start where the place can do nothing else.

    `size` is what it should have, where that is known; `timeout` the seconds without a byte after
    which a line counts as broken. Raises `BrokenError`, `LineError`, `RefusedError`.
    """
    scheme = urlsplit(place).scheme.lower()
    if scheme in _WEB:
        return _from_server(place, name, first, size, timeout)
    if scheme == "file":
        parts = urlsplit(place)
        host = "" if parts.netloc == "localhost" else parts.netloc
        folder = Path(url2pathname(f"//{host}{parts.path}" if host else parts.path))
    elif "://" in place:
        raise RefusedError(f'"{scheme}" is no way that is known: https, http, file, or a folder')
    else:
        folder = Path(place)
    return _from_folder(folder, name, first)


def _from_folder(folder: Path, name: str, first: int) -> Reply:
    try:
        file = (folder / name).open("rb")
        length = file.seek(0, 2)
        file.seek(first)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingError(f"there is no {name} in {folder}") from error
    except OSError as error:
        raise _broken(error) from error
    return Reply(file, first, max(first, length))


def _from_server(place: str, name: str, first: int, size: int | None, timeout: float) -> Reply:
    parts = urlsplit(place)
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise RefusedError("the address is that of a folder: no user, password, ? or # in it")
    path = f"{quote(parts.path.rstrip('/'), safe='/%+')}/{quote(name)}"
    request = Request(urlunsplit((parts.scheme, parts.netloc, path, "", "")))
    request.add_header("User-Agent", "kb-bundle-fetch")
    request.add_header("Accept-Encoding", "identity")
    if first:
        request.add_header("Range", f"bytes={first}-")
    if size is None:
        request.add_header("Cache-Control", "no-cache")
    try:
        stream = build_opener(_Redirects).open(request, timeout=timeout)
    except LineError:
        raise
    except HTTPError as error:
        with error:
            raise _of_status(error, name) from error
    except (OSError, HTTPException, ValueError) as error:
        raise _broken(error) from error
    try:
        start, end = _extent(stream.status, stream.headers, first, size)
    except BrokenError:
        stream.close()
        raise
    return Reply(stream, start, end)


def _extent(
    status: int, headers: HTTPMessage, first: int, size: int | None
) -> tuple[int, int | None]:
    """Return which bytes an answer holds. Raises `BrokenError` where it is no answer to use."""
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise BrokenError("the server sends the file packed, which nobody asked for")
    if status == 206 and size is not None:
        said = _RANGE.fullmatch(headers.get("Content-Range", "").strip())
        start, last = map(int, said.groups()[:2]) if said else (-1, -1)
        is_ours = said is not None and said.group(3) in (str(size), "*")
        if not (is_ours and 0 < first == start <= last < size):
            raise BrokenError("the server sent another range than asked for", is_of_ranges=True)
        return first, last + 1
    if status != 200:
        raise BrokenError(f"the server answered with {status}", is_of_ranges=True)
    length = headers.get("Content-Length", "")
    if not length.isdecimal():
        return 0, None
    if size is not None and int(length) != size:
        raise BrokenError(f"the server has {length} bytes, the index says {size}")
    return 0, int(length)


def _of_status(error: HTTPError, name: str) -> Exception:
    """Return what an answer that is an error means."""
    said = f"the server answered with {error.code} {' '.join(str(error.reason).split())}".rstrip()
    if error.code in (404, 410):
        return MissingError(f"there is no {name} at {error.url}")
    if error.code == 416:
        return BrokenError(said, is_of_ranges=True)
    if error.code in _LATER:
        asked = error.headers.get("Retry-After", "")
        return BrokenError(said, int(asked[:9]) if asked.isdecimal() else 0)
    if error.code in (401, 403, 407):
        return LineError(f"{said}: it wants somebody who is signed in, or a file is not shared")
    return LineError(said)


def _broken(error: Exception) -> Exception:
    """Return what a failed try means."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return BrokenError("nothing came for a while")
    if type(cause).__name__ == "SSLCertVerificationError":
        return LineError(f"nobody vouches for the server: {cause}; is this machine's clock right?")
    why = (cause.strerror if isinstance(cause, OSError) else "") or cause or type(cause).__name__
    return BrokenError(f"the line broke ({why})")


class _Redirects(HTTPRedirectHandler):
    """Follows to other web addresses, and never from an encrypted line to an open one."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme.lower()
        if scheme != "https" and (scheme != "http" or req.type == "https"):
            raise LineError(f"the server leads to {newurl}, an open line or none of the web")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
