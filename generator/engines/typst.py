"""Runs Typst: in goes a manuscript, out come a PDF and findings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import typst

from generator.books.typesetting import Manuscript
from generator.findings import Finding, Location
from generator.pdf.glyphs import number_glyphs
from generator.pdf.syllables import say_once

SEE_MESSAGE = "see the message"
NO_PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2" width="3" height="2"/>'


@dataclass(frozen=True, slots=True)
class Printed:
    """A handbook as PDF, None where nothing could be made, and what went wrong."""

    pdf: bytes | None
    findings: tuple[Finding, ...]


def compile_pdf(manuscript: Manuscript, fonts: Iterable[Path], scratch: Path) -> Printed:
    """Return a manuscript as PDF/UA-1, set by Typst in the folder `scratch` with these fonts only.

    A record that Typst cannot set is left out, with a finding; the same manuscript and fonts give
    the same bytes.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    for name, path in manuscript.files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, scratch / name)
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(fonts)
    )
    setter = _Setter(
        typst.Compiler(
            root=scratch,
            font_paths=found,
            ignore_system_fonts=True,
            sys_inputs=dict(manuscript.options),
        ),
        manuscript,
    )
    pictures = tuple(setter.mend_pictures(scratch))
    (scratch / "main.typ").write_text(manuscript.source, "utf-8")
    made, faulty = setter.set_without_faulty()
    findings = [*pictures, *(setter.finding(number, text) for number, text in faulty.items())]
    if isinstance(made, bytes):
        return Printed(_packed(made), tuple(findings))
    findings.append(Finding(Location(manuscript.path), "KB901", f"Typst: {made}", SEE_MESSAGE))
    return Printed(None, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Setter:
    compiler: typst.Compiler
    manuscript: Manuscript

    @property
    def records(self) -> tuple[int, ...]:
        """The passages that can be left out."""
        return tuple(n for n, each in enumerate(self.manuscript.passages) if each.stands_in)

    def set_without_faulty(self) -> tuple[bytes | str, dict[int, str]]:
        """Return the PDF without the records that cannot be set, and these with a complaint."""
        made = self.set(self.records)
        if isinstance(made, bytes):
            return made, {}
        bare = self.set(())
        if isinstance(bare, str):
            return bare, {}
        faulty = dict(self.faulty(self.records, made))
        return self.set(tuple(each for each in self.records if each not in faulty)), faulty

    def set(self, kept: Iterable[int]) -> bytes | str:
        """Return the PDF with the kept records and stand-ins for the others, or the complaint."""
        held = frozenset(kept)
        texts = (
            each.text if number in held or not each.stands_in else each.stands_in
            for number, each in enumerate(self.manuscript.passages)
        )
        return self._compile("\n".join(texts))

    def _compile(self, source: str) -> bytes | str:
        try:
            made = self.compiler.compile(
                source.encode(),
                format="pdf",
                pdf_standards=["ua-1"],
                timestamp=self.manuscript.time,
            )
        except typst.TypstError as error:
            return str(error.message)
        return made if isinstance(made, bytes) else "nothing was made"

    def faulty(self, suspects: tuple[int, ...], complaint: str) -> Iterator[tuple[int, str]]:
        """Yield the passages among the suspects that fail, by halves, with the complaint."""
        if len(suspects) == 1:
            yield suspects[0], complaint
            return
        middle = len(suspects) // 2
        for half in (suspects[:middle], suspects[middle:]):
            made = self.set(half)
            if isinstance(made, str):
                yield from self.faulty(half, made)

    def finding(self, number: int, complaint: str) -> Finding:
        """Return the finding for a passage that could not be set."""
        source = self.manuscript.passages[number].sources[0]
        return Finding(Location(source.path), "KB901", f"Typst: {complaint}", SEE_MESSAGE)

    def mend_pictures(self, scratch: Path) -> Iterator[Finding]:
        """Put a blank in the place of each picture that cannot be set; yield a finding for it."""
        for name in self.manuscript.files:
            if name.endswith(".typ"):
                continue
            shown = f'#image(read({json.dumps(name)}, encoding: none), alt: "a")'
            made = self._compile(f'#set document(title: "a")\n{shown}')
            if isinstance(made, bytes):
                continue
            (scratch / name).write_bytes(NO_PICTURE)
            place = Location("kb/" + name.removeprefix("files/"))
            yield Finding(place, "KB901", f"Typst: {made}", "save the picture again")


def forget() -> None:
    """Let Typst forget what it laid out, gigabytes of it for a large handbook: it keeps that until
    it was not used for ten compilations."""
    empty = typst.Compiler(ignore_system_fonts=True)
    for _ in range(11):
        empty.compile(b"", format="svg")


def _packed(pdf: bytes) -> bytes:
    """Return a PDF with its glyphs numbered for good and its objects compressed together; same
    bytes for same bytes."""
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        say_once(opened)
        number_glyphs(opened)
        opened.save(
            saved,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return saved.getvalue()
