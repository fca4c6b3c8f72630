"""Sites whose profile says `protected`: what is made, how it is opened, what is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result

from generator import cli
from generator.bundles import assembly
from generator.bundles.installing import installed
from generator.bundles.protection import READ_ME, protected, protected_name
from generator.bundles.zips import moment_of
from tests.bundles.sample import FILES, NOON, ONE, TWO, signed
from tests.bundles.test_commands import SITE
from tests.bundles.test_protection import PASSWORD, TEXT, made
from tests.conftest import ROOT, SMALL
from tests.pdf import text_of

pytestmark = pytest.mark.engine

OTHER = "another long password"
NEAR = SITE.replace("far-mine", "near-mine").replace("远矿", "近矿")
FAR = SITE + "protected: true\n"
KEYS = ("--key", ONE.public.text)


def lay_out(root: Path) -> Path:
    """Write a project with one protected site and one that is not; return its folder."""
    shutil.copytree(SMALL, root, dirs_exist_ok=True)
    (root / "kb/sites").mkdir()
    (root / "kb/sites/far-mine.yml").write_text(FAR, "utf-8")
    (root / "kb/sites/near-mine.yml").write_text(NEAR, "utf-8")
    with (root / "kb/settings.yml").open("a", encoding="utf-8") as file:
        file.write(f"trusted_keys:\n  - {ONE.public.text}\n  - {TWO.public.text}\n")
    return root


def environment(password: str = "") -> dict[str, str]:
    """Return the environment of a command."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    more = {"KB_PASSWORD": password} if password else {}
    return keep | {"PYTHONPATH": str(ROOT), "KB_TODAY": "2026-11-22"} | more


def kb(root: Path, *words: str, password: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own, with nobody to ask."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *words],
        cwd=root,
        env=environment(password),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def run(project: Path, *words: str | Path, password: str = "") -> Result:
    """Run a command here."""
    said = ["--project", str(project), *map(str, words)]
    return CliRunner().invoke(cli.kb, said, env={"KB_PASSWORD": password})


def files(root: Path) -> dict[str, bytes]:
    """Return the handbooks and bundles that were made, by path."""
    return {
        path.relative_to(root / "build").as_posix(): path.read_bytes()
        for name in ("handbooks", "bundles")
        for path in sorted((root / "build" / name).rglob("*"))
        if path.is_file()
    }


def test_what_is_made_of_a_protected_site(tmp_path: Path) -> None:
    """Its PDFs and its bundle open with the password only, and stay as they are while password and
    content do; without a password they are left out, and everything else is made."""
    root = lay_out(tmp_path / "project")

    done = kb(root, "build", "--unsigned")
    assert done.returncode == 0 and "KB_PASSWORD" in done.stderr and "far-mine" in done.stderr
    without = files(root)
    assert without and not any("far-mine" in name for name in without)

    done = kb(root, "build", "--unsigned", password=PASSWORD)
    assert done.returncode == 0, done.stderr
    first = files(root)
    assert {name: first[name] for name in without} == without
    (bundle,) = (name for name in first if name.startswith("bundles/far-mine/"))
    assert bundle.endswith("-unsigned-protected.zip")
    book = root / "build/handbooks/far-mine-zh.pdf"
    _is_encrypted(book, root / "build/cache/handbooks/far-mine-zh.pdf")
    _is_encrypted(book.with_stem("far-mine-zh-booklet"))
    with (root / "build" / bundle).open("rb") as file:
        found = protected(file)
        assert found is not None and "密码" in found.text and "7-Zip" in found.text
        inner = b"".join(found.content(PASSWORD))
    assert inner == next((root / "build/cache/bundles/far-mine").iterdir()).read_bytes()
    _nowhere(PASSWORD, root, done.stdout + done.stderr)

    assert kb(root, "build", "--unsigned", password=PASSWORD).returncode == 0
    assert files(root) == first
    assert kb(root, "build", "--unsigned").returncode == 0
    assert files(root) == first, "what is up to date stays where nobody says the password"

    shutil.rmtree(root / "build/cache/bundles")
    done = kb(root, "bundle", "--unsigned", password=OTHER)
    assert done.returncode == 0, done.stderr
    again = files(root)
    assert {name for name in first if first[name] != again[name]} == {
        name for name in first if "far-mine" in name
    }
    with (root / "build" / bundle).open("rb") as file:
        found = protected(file)
        assert found is not None and b"".join(found.content(OTHER)) == inner, "the same"

    (root / "kb/sites/far-mine.yml").write_text(FAR.replace("远矿", "更远矿"), "utf-8")
    assert kb(root, "build", "--unsigned").returncode == 0
    assert not any("far-mine" in name for name in files(root)), "what is out of date goes"


def _is_encrypted(path: Path, plain: Path | None = None) -> None:
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(path)
    with pikepdf.open(path, password=PASSWORD) as opened:
        held = opened.encryption
        assert (held.R, held.bits, str(held.stream_method)) == (6, 256, "EncryptionMethod.aesv3")
        assert opened.allow.accessibility and opened.allow.print_highres and opened.allow.extract
    if plain is not None:
        shown = BytesIO()
        with pikepdf.open(path, password=PASSWORD) as opened:
            pages = len(opened.pages)
            assert opened.Root.MarkInfo.Marked and "/StructTreeRoot" in opened.Root
            opened.save(shown)
        texts = [
            text_of(each).split("\n")[:pages] for each in (shown.getvalue(), plain.read_bytes())
        ]
        assert texts[0] == texts[1]
    if shutil.which("qpdf"):
        done = subprocess.run(
            ["qpdf", "--check", f"--password={PASSWORD}", str(path)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _nowhere(password: str, root: Path, said: str) -> None:
    """Look for a password, as text and as its bytes in UTF-16, in everything that was written."""
    assert password not in said
    for path in root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for each in (password.encode(), password.encode("utf-16-le")):
                assert each not in content, path


def test_a_site_that_becomes_protected_leaves_nothing_plain(tmp_path: Path) -> None:
    """The files of the time before are replaced, and gone where no password is said."""
    root = lay_out(tmp_path)
    (root / "kb/sites/far-mine.yml").write_text(SITE, "utf-8")
    assert run(root, "bundle", "far-mine", "--unsigned").exit_code == 0
    book = root / "build/handbooks/far-mine-zh.pdf"
    pikepdf.open(book).close()
    (root / "kb/sites/far-mine.yml").write_text(FAR, "utf-8")
    assert run(root, "bundle", "far-mine", "--unsigned", password=PASSWORD).exit_code == 0
    _is_encrypted(book)
    (bundle,) = (root / "build/bundles/far-mine").iterdir()
    assert bundle.name.endswith("-unsigned-protected.zip")
    (root / "kb/sites/far-mine.yml").write_text(SITE, "utf-8")
    assert run(root, "handbook").exit_code == 0
    pikepdf.open(book).close()
    assert list((root / "build/cache/handbooks").iterdir()) == []
    (root / "kb/sites/far-mine.yml").write_text(FAR, "utf-8")
    assert run(root, "handbook").exit_code == 0
    assert not book.exists() and (root / "build/handbooks/near-mine-zh.pdf").is_file()


def test_who_names_a_protected_site_needs_its_password(tmp_path: Path) -> None:
    """Named and without a password, or with one that is no good, nothing is made; a password of
    another site is not asked for."""
    root = lay_out(tmp_path)
    for words in (("handbook", "far-mine"), ("bundle", "far-mine", "--unsigned")):
        done = run(root, *words)
        assert done.exit_code == 2 and "set KB_PASSWORD" in done.output
        done = run(root, *words, password="password1")
        assert done.exit_code == 2 and "12 to 99" in done.output and "password1" not in done.output
    assert not (root / "build/handbooks").exists()
    done = run(root, "handbook", "near-mine")
    assert done.exit_code == 0 and "KB_PASSWORD" not in done.output


@pytest.fixture
def near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a project, in which temporary files lie too."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return lay_out(tmp_path / "project")


def test_a_protected_bundle_is_verified_and_installed(near: Path, tmp_path: Path) -> None:
    """With the password like any other; without, or with another, nothing is written."""
    path = tmp_path / "quay-protected.zip"
    path.write_bytes(made())
    folder = tmp_path / "field"
    for words in (("verify", path), ("apply", path, "--to", folder)):
        done = run(near, "bundle", *words)
        assert done.exit_code == 2 and "KB_PASSWORD" in done.output
        done = run(near, "bundle", *words, password="wrong")
        assert done.exit_code == 1 and "the password does not fit" in done.output
        assert not folder.exists()
    done = run(near, "bundle", "verify", path, password=PASSWORD)
    assert done.exit_code == 0 and f"signed with {ONE.public.id}" in done.output
    done = run(near, "bundle", "apply", path, "--to", folder, password=PASSWORD)
    assert done.exit_code == 0 and installed(folder) is not None
    stranger = tmp_path / "stranger.zip"
    stranger.write_bytes(made(signed(key=None)))
    done = run(near, "bundle", "apply", stranger, "--to", tmp_path / "no", password=PASSWORD)
    assert done.exit_code == 1 and "not signed" in done.output
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_was_inside_is_gone_however_it_ends(
    near: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decrypted file is its owner's alone and has gone when the command is stopped."""
    path = tmp_path / "quay-protected.zip"
    path.write_bytes(made())
    seen: list[int] = []

    def stopped(file: object, *others: object) -> None:
        seen.append(os.fstat(file.fileno()).st_mode)  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.bundles.updating.receive", stopped)
    done = run(near, "bundle", "verify", path, password=PASSWORD)
    assert done.exit_code != 0 and len(seen) == 1 and seen[0] & 0o077 == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_updates_of_protected_bundles_are_protected(near: Path, tmp_path: Path) -> None:
    """The update has the bundle's password and text, and installs like any other; so do parts."""
    new = FILES | {"site/index.html": b"<!doctype html>" + b"page " * 199 + b"new"}
    names = []
    for days, content in enumerate((FILES, new)):
        name = protected_name(f"quay-2026.11.0{days + 1}-1a2b3c4d-unsigned.zip")
        inner = signed(content, days=days, key=None)
        (tmp_path / name).write_bytes(made(inner, name=name.replace("-protected", "")))
        names.append(tmp_path / name)
    words = ("bundle", "update", names[1], "--from", "2026.11.01-1a2b3c4d", "--unsigned")
    assert run(near, *words, password=OTHER).exit_code == 1
    done = run(near, *words, password=PASSWORD)
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.glob("*.update.zip")
    assert path.name.endswith("-unsigned-protected.update.zip")
    with path.open("rb") as file:
        found = protected(file)
        assert found is not None and found.text == TEXT
    folder = tmp_path / "field"
    done = run(near, "bundle", "split", names[0], "--size", "2kB")
    assert done.exit_code == 0
    parts = sorted(tmp_path.glob("*.part"))
    done = run(near, "bundle", "join", *parts, "--to", tmp_path / "there")
    assert done.exit_code == 0
    for each in (tmp_path / "there" / names[0].name, path):
        words = ("bundle", "apply", each, "--to", folder, "--unsigned")
        assert run(near, *words, password=PASSWORD).exit_code == 0
    now = installed(folder)
    assert now is not None
    assert (now.place(now.current) / "site/index.html").read_bytes() == new["site/index.html"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_protected_site_is_not_published(tmp_path: Path) -> None:
    """Nothing of it lies on a server; the others' bundles do."""
    root = lay_out(tmp_path / "project")
    done = run(root, "bundle", "publish", tmp_path / "www", "far-mine", "--unsigned")
    assert done.exit_code == 2 and "protected" in done.output and "send its file" in done.output
    done = run(root, "bundle", "publish", tmp_path / "www", "--unsigned")
    assert "far-mine: protected" in done.output and "near-mine: no bundle" in done.output
    assert not (tmp_path / "www").exists()


def test_a_bare_python_tells_what_to_do(tmp_path: Path) -> None:
    """The program that travels in bundles names 7-Zip, as a process of its own."""
    program = tmp_path / "kb-update.py"
    program.write_bytes(assembly.assemble((ONE.public.text,)))
    path = tmp_path / "quay-protected.zip"
    path.write_bytes(made())
    done = subprocess.run(
        [sys.executable, "-I", str(program), str(path), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 1 and "7-Zip" in done.stderr and READ_ME not in done.stderr


def test_the_password_is_typed_unseen(tmp_path: Path) -> None:
    """On a terminal it is asked for: twice where it is new, until both are the same; nothing typed
    shows, and an empty one leaves protected sites out."""
    path = tmp_path / "quay-protected.zip"
    path.write_bytes(made())
    said, code = _typed(tmp_path, ("bundle", "verify", str(path), *KEYS), (PASSWORD,))
    assert code == 0 and "whole, signed" in said and PASSWORD not in said, said
    root = lay_out(tmp_path / "project")
    answers = (PASSWORD, "a slip of the hand", PASSWORD, PASSWORD)
    said, code = _typed(root, ("handbook",), answers)
    assert code == 0 and "far-mine" in said and PASSWORD not in said, said
    assert "do not match" in said and "slip" not in said
    _is_encrypted(root / "build/handbooks/far-mine-zh.pdf")
    said, code = _typed(root, ("handbook",), ("", ""))
    assert code == 0 and "Without KB_PASSWORD" in said, said


def _typed(root: Path, words: tuple[str, ...], answers: tuple[str, ...]) -> tuple[str, int]:
    """Run a command on a terminal, answer each question; return all it said and its exit code."""
    ours, theirs = pytest.importorskip("pty").openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", *words],
        cwd=root,
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said, waiting = "", list(answers)
    while True:
        try:
            said += os.read(ours, 4096).decode("utf-8", "replace")
        except OSError:
            break
        if waiting and said.endswith(": "):  # the space comes once the echo is off
            os.write(ours, (waiting.pop(0) + "\n").encode())
            said += "\n"
    os.close(ours)
    return said, process.wait()


def test_the_moment_is_the_commits() -> None:
    """The protected file tells no more of its making than the bundle does."""
    assert moment_of(NOON).to_bytes(4, "little") in made()
