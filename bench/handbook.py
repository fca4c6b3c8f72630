"""What a handbook costs: Typst's share and ours apart, beside WeasyPrint on the same content.

    python bench/handbook.py [50 200 1000]

For each size, of a knowledge base with one site that holds all its cases in Chinese: CPU seconds
and peak memory of `kb build --only handbook` from nothing, with one record changed and with nothing
changed, pages, bytes a case, and the seconds that a manuscript, its checks, Typst and the packing
take. Where WeasyPrint is installed, the same texts go through it in the same run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from build import run
from generated import write_knowledge_base

SITE = """\
id: far
name: 远方
edition: internal
languages: [zh]
time_zone: Asia/Shanghai
records: {issue_types: [printing, desktop, network, identity, collaboration, web, servers]}
contacts: [{role: 服务台, channel: desk@measure.example, hours: 每天}]
"""
SHARES = r"""
import json, sys, time
from pathlib import Path
from generator.books import fonts
from generator.engines import typst
from generator.loading import load
from generator.printing import handbooks
from generator.settings import Settings
from datetime import date

clock, told = time.process_time, {}
def lap(name, since):
    told[name] = clock() - since
start = clock()
settings = Settings(Path.cwd(), date(2026, 11, 1))
knowledge = load(settings).knowledge
lap("load", start)
(book,) = handbooks(knowledge, knowledge.sites["far"].record, sys.maxsize)
start = clock(); manuscript = book.manuscript(); manuscript.source; lap("manuscript", start)
start = clock(); manuscript, _ = fonts.mended(manuscript, fonts.covered()); lap("glyphs", start)
packed = typst._packed
def pack(pdf):
    told["raw"] = len(pdf)
    start = clock(); made = packed(pdf); lap("pack", start)
    return made
typst._packed = pack
start = clock(); made = typst.compile_pdf(manuscript, fonts.folders(), Path("scratch"))
told["typst"] = clock() - start - told["pack"]
told["bytes"] = len(made.pdf)
import io, pikepdf
with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
    told["pages"] = len(pdf.pages)
print(json.dumps(told))
"""
BESIDE = r"""
import sys, markdown, yaml
from pathlib import Path
from weasyprint import HTML
reader = markdown.Markdown(extensions=["sane_lists", "tables"])
def texts(value):
    if isinstance(value, str):
        yield reader.reset().convert(value)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
pages = []
for file in sorted(Path("kb/cases").glob("*/*.yml")):
    case = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    pages.append(f"<h1>{case['id']} {case['title']}</h1>" + "".join(texts(case)))
style = (
    "<style>@page{size:A4;margin:20mm} h1{break-before:page}"
    "body{font:8.8pt 'Noto Sans CJK SC'}</style>"
)
HTML(string=f"<html lang=zh><title>x</title>{style}{''.join(pages)}").write_pdf("beside.pdf")
"""


def measure(cases: int) -> None:
    """Print what a handbook of `cases` cases costs."""
    build = [sys.executable, "-m", "generator", "build", "--only", "handbook", "--quiet"]
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as name:
        folder = Path(name)
        write_knowledge_base(folder, cases)
        (folder / "kb/sites").mkdir()
        (folder / "kb/sites/far.yml").write_text(SITE, "utf-8")
        cpu, wall, memory = run(build, folder)
        nothing, _, _ = run(build, folder)
        edited = sorted((folder / "kb/cases").glob("*/*.yml"))[cases // 2]
        text = edited.read_text("utf-8").replace('cause: "', 'cause: "改过一行。', 1)
        edited.write_text(text, "utf-8")
        one, _, _ = run(build, folder)
        shares = [sys.executable, "-c", SHARES]
        found = subprocess.run(shares, cwd=folder, check=True, capture_output=True, text=True)
        told = json.loads(found.stdout)
        made = (folder / "build/handbooks").glob("*-zh*.pdf")
        size = sum(path.stat().st_size for path in made if "booklet" not in path.name)
        print(
            f"{cases:>5} cases  {cpu:.1f} s CPU, {wall:.1f} s wall, {memory:.0f} MB; "
            f"one record changed {one:.1f} s; nothing changed {nothing:.1f} s; "
            f"{told['pages']} pages, {size / 1000:.0f} kB, {size / cases / 1000:.1f} kB a case"
        )
        names = ("load", "manuscript", "glyphs", "typst", "pack")
        parts = ", ".join(f"{name} {told[name]:.2f} s" for name in names)
        print(
            f"             {parts}; Typst {1000 * told['typst'] / told['pages']:.1f} ms a page; "
            f"{told['raw'] / told['bytes']:.1f} x smaller packed",
            flush=True,
        )
        beside(folder, cases, cpu)


def beside(folder: Path, cases: int, cpu: float) -> None:
    """Print what WeasyPrint takes for the same texts."""
    try:
        other, _, memory = run([sys.executable, "-c", BESIDE], folder)
    except subprocess.CalledProcessError:
        print("             WeasyPrint is not installed")
        return
    size = (folder / "beside.pdf").stat().st_size / cases / 1000
    print(
        f"             WeasyPrint {other:.1f} s CPU ({other / cpu:.1f} x), {memory:.0f} MB, "
        f"{size:.1f} kB a case",
        flush=True,
    )


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or ("50", "200", "1000")):
        measure(number)
