"""A local server that shows a built site and follows changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from mkdocs.livereload import LiveReloadServer


def preview(site: Path, watched: Iterable[Path], again: Callable[[], None], port: int) -> None:
    """Serve `site` on this machine; where a file below `watched` changes, build and reload."""
    server = LiveReloadServer(again, "127.0.0.1", port, str(site))
    for folder in watched:
        server.watch(str(folder))
    server.serve()  # type: ignore[no-untyped-call]
