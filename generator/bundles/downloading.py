"""Gets files over lines that break: from a web server, a share or a stick.

In go a place and what a file has to be, out comes that file whole, or why there is none. What came
before the line broke is kept, and gone on from: by HTTP ranges where the server has them.

With Python's own `urllib`, because it travels in `kb-update.py`. `If-Range` is not sent: a name
stands for one content, whose digest is known. Where two mirrors give the same file other ETags, it
would only begin again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, url2pathname

from generator.bundles.disk import Disk
from generator.bundles.installing import holds
from generator.bundles.manifests import Held
from generator.bundles.refusals import RefusedError

TRIES = 8
LONGEST_PAUSE = 60
LONGEST_ASKED_PAUSE = 600
"""Seconds: the longest that a server's Retry-After is obeyed."""
_PIECE = 2**16
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_WEB = ("http", "https")
_LATER = (408, 425, 429, 500, 502, 503, 504)


class LineError(OSError):
    """Nothing more comes for now; what came is kept."""


class MissingError(LineError):
    """The place answers, and there is no such file."""


class _BrokenError(Exception):
    """One try failed; the next one may not."""

    def __init__(self, why: str, wait: int = 0, is_of_ranges: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        """Seconds that the server asks to wait; 0 where it asks for nothing."""
        self.is_of_ranges = is_of_ranges
        """Whether the server is better asked for the whole file."""


@dataclass(frozen=True, slots=True)
class Line:
    """The way to a place where bundles are published."""

    place: str
    """An address (https, http, file) or a folder."""
    told: Callable[[str], None]
    """Is called with what a reader should know, in one line."""
    moved: Callable[[int, int], None]
    """Is called with how many bytes of how many are there."""
    tries: int = TRIES
    """How often in a row it may bring nothing."""
    timeout: float = 30
    """Seconds without a byte after which a line counts as broken."""
    pause: Callable[[float], None] = time.sleep


class _Stream(Protocol):
    def read1(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Reply:
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


def size_text(size: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, step in (("MB", 1_000_000), ("kB", 1000)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"


def read_small(line: Line, name: str, limit: int) -> bytes:
    """Return a small file. Raises `LineError`, and `RefusedError` where it is over `limit`."""

    def once() -> bytes:
        content = b""
        with closing(_open(line, name, 0, None)) as reply:
            while chunk := reply.read(limit + 1):
                content += chunk
                if len(content) > limit:
                    raise RefusedError(f"{name} is larger than it can be ({size_text(limit)})")
        if reply.end is not None and len(content) < reply.end:
            raise _BrokenError("the line was cut")
        return content

    fruitless = 0
    while True:
        try:
            return once()
        except _BrokenError as broken:
            fruitless += 1
            _wait(line, broken, fruitless)


def download(line: Line, name: str, wanted: Held, path: Path, disk: Disk) -> None:
    """Make `path` the file `name`, going on from what is there of it.

    Raises `LineError` where the line brings nothing more, then what came is kept; `RefusedError`
    where the place sends something else.
    """
    is_ranged = True
    fruitless = wrong = 0
    while not holds(path, wanted):
        with closing(disk.grow(path)) as file:
            before = file.seek(0, 2)
            try:
                if before < wanted.size:
                    _go_on(line, name, wanted.size, is_ranged, file, disk)
                broken = None
            except _BrokenError as error:
                broken = error
            finally:
                file.flush()
                disk.settle(file)
            after = file.seek(0, 2)
        if broken is None and not holds(path, wanted):
            wrong += 1
            disk.remove(path)
            if wrong > 1:
                raise RefusedError(f'"{name}" is not the file that the index names')
            line.told("what came is not what the index names: once more from the start")
        elif broken is not None:
            is_ranged = is_ranged and not broken.is_of_ranges
            fruitless = 0 if after > before else fruitless + 1
            here = f"{size_text(after)} of {size_text(wanted.size)} are here"
            _wait(line, broken, fruitless, here)


def _go_on(line: Line, name: str, size: int, is_ranged: bool, file: BinaryIO, disk: Disk) -> None:
    """Make a file that was begun whole, never larger than `size`. Raises `_BrokenError`."""
    have = file.seek(0, 2)
    with closing(_open(line, name, have if is_ranged else 0, size)) as reply:
        at, end = reply.first, size if reply.end is None else reply.end
        if at < have:
            line.told("the server has no ranges: it begins again, and what is here is compared")
        while at < end:
            chunk = reply.read(end - at)
            if not chunk:
                raise _BrokenError("the line was cut")
            _put(file, at, chunk, disk)
            at += len(chunk)
            line.moved(max(at, have), size)
    if at < size:
        raise _BrokenError("the server sent less than the rest")


def _put(file: BinaryIO, at: int, chunk: bytes, disk: Disk) -> None:
    """Lay a chunk into a file: what is there and the same stays; from a difference on all goes."""
    file.seek(at)
    was = file.read(len(chunk))
    if was != chunk[: len(was)]:
        file.truncate(at)
        was = b""
    file.seek(at + len(was))
    disk.append(file, chunk[len(was) :])


def _wait(line: Line, broken: _BrokenError, fruitless: int, here: str = "") -> None:
    """Wait before the next try, longer each time that nothing came. Raises `LineError`."""
    if fruitless >= line.tries:
        raise LineError(
            f"{broken} (try {fruitless} of {line.tries} that bring nothing)"
        ) from broken
    seconds = max(min(2**fruitless, LONGEST_PAUSE), min(broken.wait, LONGEST_ASKED_PAUSE))
    line.told("; ".join(filter(None, (str(broken), here, f"next try in {seconds} s"))))
    line.pause(seconds)


def _open(line: Line, name: str, first: int, size: int | None) -> _Reply:
    """Return a file from a byte on, or from its start where the place can do nothing else."""
    scheme = urlsplit(line.place).scheme.lower()
    if scheme in _WEB:
        return _from_server(line, name, first, size)
    if scheme == "file":
        parts = urlsplit(line.place)
        host = "" if parts.netloc == "localhost" else parts.netloc
        folder = Path(url2pathname(f"//{host}{parts.path}" if host else parts.path))
    elif "://" in line.place:
        raise RefusedError(f'"{scheme}" is no way that is known: https, http, file, or a folder')
    else:
        folder = Path(line.place)
    return _from_folder(folder, name, first)


def _from_folder(folder: Path, name: str, first: int) -> _Reply:
    try:
        file = (folder / name).open("rb")
        length = file.seek(0, 2)
        file.seek(first)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingError(f"there is no {name} in {folder}") from error
    except OSError as error:
        raise _broken(error) from error
    return _Reply(file, first, max(first, length))


def _from_server(line: Line, name: str, first: int, size: int | None) -> _Reply:
    parts = urlsplit(line.place)
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise RefusedError("the address is that of a folder: no name, password, ? or # in it")
    path = f"{quote(parts.path.rstrip('/'), safe='/%+')}/{quote(name)}"
    request = Request(urlunsplit((parts.scheme, parts.netloc, path, "", "")))
    request.add_header("User-Agent", "kb-bundle-fetch")
    request.add_header("Accept-Encoding", "identity")
    if first:
        request.add_header("Range", f"bytes={first}-")
    if size is None:
        request.add_header("Cache-Control", "no-cache")
    try:
        stream = build_opener(_Redirects).open(request, timeout=line.timeout)
    except LineError:
        raise
    except HTTPError as error:
        with error:
            raise _of_status(error, name) from error
    except (OSError, HTTPException, ValueError) as error:
        raise _broken(error) from error
    try:
        start, end = _extent(stream.status, stream.headers, first, size)
    except _BrokenError:
        stream.close()
        raise
    return _Reply(stream, start, end)


def _extent(
    status: int, headers: HTTPMessage, first: int, size: int | None
) -> tuple[int, int | None]:
    """Return which bytes an answer holds. Raises `_BrokenError` where it is no answer to use."""
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _BrokenError("the server sends the file packed, which nobody asked for")
    if status == 206 and size is not None:
        said = _RANGE.fullmatch(headers.get("Content-Range", "").strip())
        start, last, whole = map(int, said.groups()) if said else (-1, -1, -1)
        if first == 0 or start != first or not start <= last < whole or whole != size:
            raise _BrokenError("the server sent another range than asked for", is_of_ranges=True)
        return first, last + 1
    if status != 200:
        raise _BrokenError(f"the server answered with {status}", is_of_ranges=True)
    length = headers.get("Content-Length", "")
    if not length.isdecimal():
        return 0, None
    if size is not None and int(length) != size:
        raise _BrokenError(f"the server has {length} bytes, the index says {size}")
    return 0, int(length)


def _of_status(error: HTTPError, name: str) -> Exception:
    """Return what an answer that is an error means."""
    said = f"the server answered with {error.code} {' '.join(str(error.reason).split())}".rstrip()
    if error.code in (404, 410):
        return MissingError(f"there is no {name} at {error.url}")
    if error.code == 416:
        return _BrokenError(said, is_of_ranges=True)
    if error.code in _LATER:
        asked = error.headers.get("Retry-After", "")
        return _BrokenError(said, int(asked[:9]) if asked.isdecimal() else 0)
    if error.code in (401, 403, 407):
        return LineError(f"{said}: it wants somebody who is signed in, or a file is not shared")
    return LineError(said)


def _broken(error: Exception) -> Exception:
    """Return what a failed try means."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return _BrokenError("nothing came for a while")
    if type(cause).__name__ == "SSLCertVerificationError":
        return LineError(f"nobody vouches for the server: {cause}; is this machine's clock right?")
    why = (cause.strerror if isinstance(cause, OSError) else "") or cause or type(cause).__name__
    return _BrokenError(f"the line broke ({why})")


class _Redirects(HTTPRedirectHandler):
    """Follows to other web addresses, and never from an encrypted line to an open one."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme.lower()
        if scheme != "https" and (scheme != "http" or req.type == "https"):
            raise LineError(f"the server leads to {newurl}, an open line or none of the web")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
