"""The installed wheel as an agent runs it: no checkout, no developer's packages, no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from wcwidth import wcswidth

from tests.conftest import SMALL, TODAY

pytestmark = pytest.mark.engine

CHECKOUT = Path(__file__).parents[2]
WIDTH = 80
Run = Callable[..., subprocess.CompletedProcess[str]]


def _needed(wanted: Iterable[str], seen: set[str]) -> Iterator[Distribution]:
    """Yield every distribution that requirements come to, found by what each says of itself."""
    for text in wanted:
        requirement = Requirement(text)
        name = requirement.name.lower().replace("_", "-")
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        yield (found := distribution(name))
        yield from _needed(found.requires or (), seen)


def _requirements(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command `kb` of the wheel, in an environment that holds only what it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    (packages,) = (folder / "env").glob("**/site-packages")
    for needed in _needed(_requirements(wheel), set()):
        for name in {file.parts[0] for file in needed.files or () if ".." not in file.parts}:
            place = Path(str(needed.locate_file(name)))
            if place.exists() and not (packages / name).exists():
                (packages / name).symlink_to(place)
    (python,) = (path for path in (folder / "env").glob("*/python*") if path.stem == "python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    offline = ["--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([*install, *offline], check=True, capture_output=True)
    found = shutil.which("kb", path=str(python.parent))
    assert found is not None
    return Path(found)


@pytest.fixture
def kb(command: Path, tmp_path: Path) -> Run:
    """Return a function that runs `kb` in the smallest project, as in a terminal of 80 columns."""
    shutil.copytree(SMALL, tmp_path / "work")
    keep = {
        name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ
    }
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "COLUMNS": str(WIDTH)}
    told = {"KB_TODAY": TODAY.isoformat(), "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}

    def run(*words: str, cwd: Path = tmp_path / "work") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [command, *words],
            cwd=cwd,
            env={**keep, **home, **told},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        for line in done.stdout.splitlines():
            is_finding = re.match(r"\S+:\d+:\d+: |    hint: ", line)
            assert is_finding or wcswidth(line) <= WIDTH, f"kb {' '.join(words)}: {line}"
        return done

    return run


@pytest.fixture
def built(kb: Run, tmp_path: Path) -> Path:
    """Return the project, built."""
    done = kb("build")
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path / "work"


def test_the_wheel_is_what_runs(command: Path, tmp_path: Path) -> None:
    """The environment holds the wheel and not the checkout, and no developer's package."""
    told = "import generator, sys; print(generator.__file__); import pytest"
    python = next(command.parent.glob("python*"))
    done = subprocess.run(
        [python, "-c", told], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert Path(done.stdout.strip()).is_relative_to(command.parents[1])
    assert "No module named 'pytest'" in done.stderr


def test_validate(kb: Run) -> None:
    """A clean knowledge base ends with 0 and says so."""
    done = kb("validate", "--strict")
    assert (done.returncode, done.stdout, done.stderr) == (0, "no findings\n", "")


def test_build_says_where_everything_is(kb: Run, built: Path) -> None:
    """Both sites are made with templates from the wheel; the second build finds nothing to do."""
    for edition in ("public", "internal"):
        assert (built / "build/site" / edition / "index.html").is_file()
    page = (built / "build/site/internal/zh/cases/PRN-0001.html").read_text("utf-8")
    assert "打印机脱机" in page and "assets/kb.css" in page
    assert (built / "build/site/internal/assets/kb.css").is_file()
    again = kb("build")
    assert again.returncode == 0
    assert re.search(r"build.site.internal.index\.html +unchanged", again.stdout)
    assert again.stderr == ""


def test_a_site_gets_its_handbook_and_bundle(kb: Run, built: Path) -> None:
    """A site begun from its template is built: handbook with the fonts that came along, bundle."""
    assert kb("new", "site", "far-mine", "--name", "远矿").returncode == 0
    done = kb("build", "--unsigned")
    assert done.returncode == 0, done.stdout
    assert (built / "build/handbooks/far-mine-zh.pdf").read_bytes().startswith(b"%PDF-")
    assert (built / "build/handbooks/far-mine-zh.epub").read_bytes()[30:38] == b"mimetype"
    assert list((built / "build/bundles").rglob("far-mine-*-unsigned.zip"))


def test_search(kb: Run, built: Path) -> None:
    """A caller's words find the record; nothing found ends with 1 and says what to try."""
    done = kb("search", "打印机打不出来")
    assert done.returncode == 0 and "PRN-0001" in done.stdout and "1 found" in done.stdout
    assert kb("search", "prn-1", cwd=built / "kb" / "cases").returncode == 0
    none = kb("search", "zzzzzz")
    assert none.returncode == 1 and 'Nothing found for "zzzzzz"' in none.stdout
    assert kb("search", "打印机", "--show", "1").stdout.count("重新启动打印机") == 1
    assert kb("search", "打印机", "--show", "7").returncode == 2


def test_show(kb: Run) -> None:
    """A record is printed without a build; the id may be in small letters."""
    done = kb("show", "prn-0001")
    assert done.returncode == 0 and "打印机脱机" in done.stdout and "重新启动打印机" in done.stdout


def test_new_case(kb: Run, tmp_path: Path) -> None:
    """A case begins with the next free number, and the words that say how to go on."""
    done = kb("new", "case", "--type", "printing", "--title", "卡纸")
    assert done.returncode == 0
    assert "kb/cases/printing/PRN-0002.yml" in done.stdout and "kb validate" in done.stdout
    text = (tmp_path / "work/kb/cases/printing/PRN-0002.yml").read_text("utf-8")
    assert "卡纸" in text and "id: PRN-0002" in text


def test_explain(kb: Run) -> None:
    """A code is explained in a paragraph; one that is not there is wrong usage."""
    done = kb("explain", "kb304")
    assert done.returncode == 0 and done.stdout.startswith("KB304")
    assert kb("explain", "KB999").returncode == 2


@pytest.mark.parametrize("words", [(), ("search",), ("show",), ("build",), ("new", "case")])
def test_help_fits_the_terminal(kb: Run, words: tuple[str, ...]) -> None:
    """The help of a command fits 80 columns."""
    done = kb(*words, "--help")
    assert done.returncode == 0 and "Usage: kb" in done.stdout


def test_no_knowledge_base(kb: Run, tmp_path: Path) -> None:
    """Where there is no kb/ folder, every command says so and where to go."""
    (tmp_path / "empty").mkdir()
    for words in (("validate",), ("build",), ("search", "x"), ("show", "PRN-0001")):
        done = kb(*words, cwd=tmp_path / "empty")
        assert done.returncode == 2 and "there is no kb/ folder" in done.stderr
        assert "--project" in done.stderr


def test_no_such_record(kb: Run) -> None:
    """An unknown id is wrong usage, and the message says how to find the right one."""
    done = kb("show", "PRN-0404")
    assert done.returncode == 2 and "PRN-0404" in done.stderr and "kb search" in done.stderr


def test_no_index(kb: Run) -> None:
    """Without a build there is nothing to search, and the message says what to do."""
    done = kb("search", "打印机")
    assert done.returncode == 2 and "kb build" in done.stderr


def test_a_broken_index(kb: Run, built: Path) -> None:
    """A damaged index is no traceback; after the build that the message asks for, search works."""
    index = built / "build" / "index" / "internal"
    for file in index.iterdir():
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] + b"\0broken")
    done = kb("search", "打印机")
    assert done.returncode == 2 and "kb build" in done.stderr
    shutil.rmtree(index)
    assert kb("build").returncode == 0
    assert kb("search", "打印机").returncode == 0


def test_no_such_edition(kb: Run, built: Path) -> None:
    """An unknown edition is wrong usage; the message names those there are."""
    for words in (("search", "打印机"), ("show", "PRN-0001")):
        done = kb(*words, "--edition", "publik")
        assert done.returncode == 2 and "publik" in done.stderr
        assert "public" in done.stderr and "internal" in done.stderr, words


def test_a_broken_record(kb: Run, built: Path) -> None:
    """A faulty record is a finding with its place; nothing is made, what was made stays usable."""
    path = built / "kb/cases/printing/PRN-0001.yml"
    page = built / "build/site/internal/zh/cases/PRN-0001.html"
    path.write_text(path.read_text("utf-8").replace("title:", "titel:"), "utf-8")
    for words in (("validate",), ("build",)):
        done = kb(*words)
        assert done.returncode == 1, words
        assert "kb/cases/printing/PRN-0001.yml:2:1: error KB203" in done.stdout
    assert page.is_file()
    done = kb("show", "PRN-0001")
    assert done.returncode == 2 and "PRN-0001" in done.stderr
    assert kb("search", "打印机").returncode == 0
