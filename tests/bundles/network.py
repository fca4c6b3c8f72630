"""A web server on this machine that serves a folder as badly as it is told to."""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from urllib.parse import unquote

Fault = Callable[["Handler", bytes, int], None]
"""Answers a request for a file's content, from its first byte or a later one on."""


class Server(ThreadingHTTPServer):
    """Serves a folder with ranges; each fault spoils one request, in their order."""

    daemon_threads = True

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = root
        self.faults: list[Fault] = []
        self.spoils = ""
        """The ending of the names whose requests are spoilt; empty for all."""
        self.otherwise: Fault = good
        """Answers where no fault is left."""
        self.sent: Counter[str] = Counter()
        """Bytes of content sent, by name."""
        self.asked: list[tuple[str, str | None]] = []
        """Names and ranges in the order in which they were asked for."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """The client hung up: that is what it should do."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.close_connection = True
        self.name = unquote(self.path).lstrip("/")
        asked = self.headers.get("Range")
        self.server.asked.append((self.name, asked))
        path = self.server.root / self.name
        fault = self.server.otherwise
        if self.server.faults and self.name.endswith(self.server.spoils):
            fault = self.server.faults.pop(0)
        if not path.is_file():
            self.head(404, 0)
            return
        first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        fault(self, path.read_bytes(), first)

    def head(self, status: int, length: int | None, **more: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("ETag", '"one"')
        self.send_header("Connection", "close")
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def start(self, content: bytes, first: int, **more: str) -> bytes:
        """Begin a true answer, return the bytes that should follow."""
        if first:
            more["Content_Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        self.head(206 if first else 200, len(content) - first, **more)
        return content[first:]

    def send(self, content: bytes) -> None:
        self.server.sent[self.name] += len(content)
        self.wfile.write(content)
        self.wfile.flush()

    def until_hung_up(self) -> None:
        self.connection.settimeout(20)
        self.connection.recv(1)


def good(to: Handler, content: bytes, first: int) -> None:
    """What was asked for."""
    to.send(to.start(content, first))


def no_ranges(to: Handler, content: bytes, first: int) -> None:
    """The whole file, whatever was asked for, as Python's own server does."""
    to.send(to.start(content, 0))


def cut(share: float) -> Fault:
    """The line is cut after a share of what should come."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        rest = to.start(content, first)
        to.send(rest[: int(len(rest) * share)])

    return fault


def reset(share: float) -> Fault:
    """The line is cut, and what is on the way is lost."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        rest = to.start(content, first)
        to.send(rest[: int(len(rest) * share)])
        to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(to.connection.detach())

    return fault


def cut_without_ranges(share: float) -> Fault:
    """The same at a server that always begins again."""
    return lambda to, content, first: cut(share)(to, content, 0)


def stall(share: float) -> Fault:
    """Nothing comes any more, and nobody hangs up."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        rest = to.start(content, first)
        to.send(rest[: int(len(rest) * share)])
        to.until_hung_up()

    return fault


def trickle(step: int) -> Fault:
    """A few bytes at a time."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        rest = to.start(content, first)
        for at in range(0, len(rest), step):
            to.send(rest[at : at + step])

    return fault


def status(code: int, **more: str) -> Fault:
    """An answer that is an error."""
    return lambda to, content, first: to.head(code, 0, **more)


def shifted(by: int) -> Fault:
    """Another range than asked for, and it says so."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        start = max(0, min(first + by, len(content) - 1))
        said = f"bytes {start}-{len(content) - 1}/{len(content)}"
        to.head(206, len(content) - start, Content_Range=said)
        to.send(content[start:])

    return fault


def no_total(to: Handler, content: bytes, first: int) -> None:
    """A range of a file whose length the server does not know; the half of what was asked for."""
    if not first:
        cut(0.5)(to, content, first)
        return
    end = (first + len(content) + 1) // 2
    to.head(206, end - first, Content_Range=f"bytes {first}-{end - 1}/*")
    to.send(content[first:end])


def several_ranges(to: Handler, content: bytes, first: int) -> None:
    """The second half before the first, as a multipart answer."""
    middle = (first + len(content)) // 2
    body = b"--x\r\n\r\n" + content[middle:] + b"\r\n--x\r\n\r\n" + content[first:middle] + b"--x--"
    to.head(206, len(body), Content_Type="multipart/byteranges; boundary=x")
    to.send(body)


def chunked(share: float = 1) -> Fault:
    """Without a length, in chunks; cut in the middle of one where the share is less than 1."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        more = {"Transfer_Encoding": "chunked"}
        if first:
            more["Content_Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        to.head(206 if first else 200, None, **more)
        rest = content[first:]
        end = int(len(rest) * share)
        for at in range(0, end, 1000):
            chunk = rest[at : at + 1000]
            to.wfile.write(b"%x\r\n" % len(chunk))
            to.send(chunk[: end - at] + (b"\r\n" if end - at >= len(chunk) else b""))
        if share == 1:
            to.wfile.write(b"0\r\n\r\n")

    return fault


def wrong_length(by: int) -> Fault:
    """A Content-Length that is not true."""

    def fault(to: Handler, content: bytes, first: int) -> None:
        to.head(200, len(content) + by)
        to.send(content)

    return fault


def packed_by_the_server(to: Handler, content: bytes, first: int) -> None:
    """An encoding that nobody asked for."""
    to.send(to.start(content, first, Content_Encoding="gzip"))


def hung_up(to: Handler, content: bytes, first: int) -> None:
    """No answer at all."""


def noise(to: Handler, content: bytes, first: int) -> None:
    """Something that is not HTTP."""
    to.send(b"\x00\xff not http\r\n" * 3)


def endless(to: Handler, content: bytes, first: int) -> None:
    """A body without an end."""
    to.head(200, None)
    for _ in range(10_000):
        to.send(bytes(10_000))


def other(content: bytes) -> Fault:
    """Another file under the name, with another ETag."""
    return lambda to, true, first: to.send(to.start(content, first, ETag='"two"'))


def transient(chance: Random) -> Fault:
    """Return any fault that passes."""
    share = chance.random()
    return chance.choice(
        (
            cut(share),
            cut(share),
            cut_without_ranges(share),
            reset(share),
            chunked(share),
            chunked(),
            trickle(2000),
            no_ranges,
            shifted(chance.choice((-1, 1, -5000, 5000))),
            several_ranges,
            no_total,
            wrong_length(chance.choice((-1, -999, 1, 999))),
            packed_by_the_server,
            status(chance.choice((408, 429, 500, 502, 503, 504)), Retry_After="7"),
            status(416),
            hung_up,
            noise,
        )
    )


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Serve a folder."""
    server = Server(root)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
