"""What a build costs, beside the plainest loop that makes pages from the same records.

    python bench/build.py [200 1000 5000]

For each size: CPU seconds and bytes a page of `kb build` (one language, internal edition: pages,
search index, API) and of a loop of PyYAML, Python-Markdown and Jinja over the same files, in the
same run. Then one record is edited and the time from command to finished site is taken; the result
is compared byte for byte with a build from nothing.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generated import write_knowledge_base

LOOP = r"""
import sys, yaml, markdown, jinja2
from pathlib import Path
kb, out = Path(sys.argv[1]), Path(sys.argv[2])
page = jinja2.Template('''# {{ c.title }}

{{ c.id }} · {{ c.confidence }} · {{ c.environment.products | join(", ") }}

## Symptoms

{% for s in c.issue.symptoms %}- {{ s }}
{% endfor %}
{% for k in c.issue.error_codes %}`{{ k }}` {% endfor %}

## Self-service

{% for s in c.self_service.steps %}{{ loop.index }}. {{ s.action }}
    - expect: {{ s.expect }}
    - otherwise: {{ s.otherwise }}
{% endfor %}
{% for t in c.handling %}
## {{ t }}

{% for s in c.handling[t].steps %}{{ loop.index }}. {{ s.action }}
    - expect: {{ s.expect }}
    - otherwise: {{ s.otherwise }}
{% endfor %}
{% if c.handling[t].say %}> {{ c.handling[t].say }}{% endif %}

{% if c.handling[t].escalate %}**{{ c.handling[t].escalate.to }}** {{ c.handling[t].escalate.when }}

{% for h in c.handling[t].escalate.hand_over %}- {{ h }}
{% endfor %}{% endif %}
{% endfor %}
## Resolution

{{ c.resolution }}

## Verification

{% for s in c.verification %}- {{ s }}
{% endfor %}
## Cause

{{ c.cause }}

## Prevention

{{ c.prevention }}

## Related

{% for r in c.related %}- [{{ r }}]({{ r }}.html)
{% endfor %}''')
html = jinja2.Template('''<!doctype html><html lang="zh"><head><meta charset="utf-8">
<title>{{ title }}</title><link rel="stylesheet" href="style.css"></head>
<body><header><a href="index.html">kb</a></header><nav>{{ toc }}</nav>
<main>{{ content }}</main></body></html>''')
reader = markdown.Markdown(extensions=["tables", "fenced_code", "attr_list", "sane_lists", "toc"])
out.mkdir(parents=True, exist_ok=True)
for file in sorted(kb.glob("cases/*/*.yml")):
    c = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    text = page.render(c=c)
    (out / f"{c['id']}.md").write_text(text, "utf-8")
    content = reader.reset().convert(text)
    made = html.render(title=c["title"], content=content, toc=reader.toc)
    (out / f"{c['id']}.html").write_text(made, "utf-8")
"""


def run(command: list[str], folder: Path) -> tuple[float, float, float]:
    """Return CPU seconds, wall seconds and peak memory (MB) of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    wall = time.perf_counter() - start
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def size(folder: Path, pattern: str) -> int:
    """Return the bytes of all files that match."""
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


def differing(one: Path, other: Path) -> list[str]:
    """Return the paths in which two folders differ."""
    paths = {path.relative_to(root) for root in (one, other) for path in root.rglob("*")}
    files = sorted(path for path in paths if not (one / path).is_dir())
    _, *rest = filecmp.cmpfiles(one, other, [str(path) for path in files], shallow=False)
    return sorted(path for group in rest for path in group)


def measure(cases: int) -> None:
    """Print what a build of `cases` cases costs."""
    build = [sys.executable, "-m", "generator", "build", "--only", "site", "--quiet"]
    with tempfile.TemporaryDirectory(prefix="tierbook-bench-") as name:
        folder = Path(name)
        write_knowledge_base(folder, cases)
        loop_cpu, _, _ = run([sys.executable, "-c", LOOP, "kb", "loop"], folder)
        cpu, wall, memory = run(build, folder)
        site = folder / "build/site/internal"
        pages = size(site, "*.html")
        count = len(list(site.rglob("*.html")))
        print(
            f"{cases:>6} cases  loop {loop_cpu:6.1f} s CPU   build {cpu:6.1f} s CPU "
            f"({cpu / loop_cpu:.2f} x), {wall:6.1f} s wall, {memory:.0f} MB   "
            f"{count} pages of {pages / count / 1000:.1f} kB, "
            f"site {size(site, '*') / 1e6:.1f} MB, "
            f"search {size(site / 'search', '*') / 1e6:.1f} MB",
            flush=True,
        )
        nothing_cpu, nothing_wall, _ = run(build, folder)
        edited = sorted((folder / "kb/cases").glob("*/*.yml"))[cases // 2]
        text = edited.read_text("utf-8").replace('cause: "', 'cause: "改过一行。', 1)
        edited.write_text(text, "utf-8")
        edit_cpu, edit_wall, _ = run(build, folder)
        kept = folder / "kept"
        shutil.copytree(folder / "build/site", kept)
        shutil.rmtree(folder / "build")
        run(build, folder)
        different = differing(kept, folder / "build/site")
        print(
            f"        nothing changed {nothing_wall:.2f} s wall ({nothing_cpu:.2f} CPU); "
            f"one record edited {edit_wall:.2f} s wall ({edit_cpu:.2f} CPU); "
            + (f"DIFFERS: {different[:5]}" if different else "same bytes as from nothing"),
            flush=True,
        )


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)
    os.environ["KB_TODAY"] = "2026-11-22"
    for wanted in sys.argv[1:] or ("200", "1000", "5000"):
        measure(int(wanted))
