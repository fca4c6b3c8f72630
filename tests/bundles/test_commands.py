"""`kb bundle` and `kb keys` as somebody types them."""

from __future__ import annotations

import json
import os
import random
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator import build, cli, publishing
from generator.bundles import signing
from generator.bundles.installing import installed
from generator.bundles.signing import PrivateKey, locked
from generator.knowledge import KnowledgeBase
from generator.model import Site
from generator.publishing import Made
from generator.settings import Settings
from tests.bundles.sample import FILES, ONE, STRANGER, TWO, signed

PASSWORD = "long enough"
SITE = """id: far-mine
name: 远矿
edition: internal
languages: [zh]
time_zone: Asia/Shanghai
records: {issue_types: [printing]}
contacts:
  - {role: 调度室, channel: 对讲机 1 频道, hours: 全天}
"""


@pytest.fixture
def project(small: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one remote site and two trusted keys; its site is one page."""
    (small.root / "kb/sites").mkdir()
    (small.root / "kb/sites/far-mine.yml").write_text(SITE, "utf-8")
    with (small.root / "kb/settings.yml").open("a", encoding="utf-8") as file:
        file.write(f"trusted_keys:\n  - {ONE.public.text}\n  - {TWO.public.text}\n")

    def remote(knowledge: KnowledgeBase, site: Site) -> Made:
        folder = knowledge.settings.build / "site" / publishing.remote_name(site.id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text("<!doctype html>")
        return Made(site.id, folder, 1)

    monkeypatch.setattr(build, "make_remote_site", remote)
    monkeypatch.setattr(build, "make_handbooks", lambda knowledge, **how: iter(()))
    monkeypatch.setattr(signing, "WORK", 10)
    monkeypatch.delenv("KB_KEY", raising=False)
    return small.root


def run(project: Path, *words: str | Path, **environment: str) -> Result:
    """Return what a command said."""
    said = ["--project", str(project), *map(str, words)]
    return CliRunner().invoke(cli.kb, said, env=environment)


def _key(project: Path, key: PrivateKey = ONE) -> dict[str, str]:
    path = project.parent / f"{key.public.id}.key"
    path.write_bytes(locked(key, PASSWORD, 10))
    return {"KB_KEY": str(path), "KB_KEY_PASSWORD": PASSWORD}


def test_a_signed_bundle_is_made_verified_and_installed(project: Path, tmp_path: Path) -> None:
    """From the command that packs to the folder that opens, and back."""
    done = run(project, "bundle", "far-mine", **_key(project))
    assert done.exit_code == 0, done.output
    path = Path(done.output.strip())
    assert path.is_file() and "unsigned" not in path.name
    assert "is not signed" not in zipfile.ZipFile(path).read("START-HERE.html").decode()
    done = run(project, "bundle", "verify", path)
    assert done.exit_code == 0 and f"signed with {ONE.public.id}" in done.output
    folder = tmp_path / "field"
    done = run(project, "bundle", "apply", path, "--to", folder)
    assert done.exit_code == 0 and "in use: far-mine" in done.output
    assert installed(folder) is not None and (folder / "kb-update.py").is_file()
    done = run(project, "bundle", "rollback", "--to", folder)
    assert done.exit_code == 1 and "no earlier version" in done.output


def test_the_password_is_asked_for(project: Path) -> None:
    """Without a terminal nobody is asked, and no option takes a password."""
    environment = _key(project) | {"KB_KEY_PASSWORD": ""}
    done = run(project, "bundle", "far-mine", **environment)
    assert done.exit_code == 2 and "KB_KEY_PASSWORD" in done.output
    done = run(project, "bundle", **_key(project) | {"KB_KEY_PASSWORD": "wrong"})
    assert done.exit_code == 2 and "password does not fit" in done.output
    for command in (cli.bundle.commands | cli.keys.commands).values():
        assert not any("password" in option for each in command.params for option in each.opts)


def test_without_a_key_there_is_no_bundle(project: Path) -> None:
    """Nothing is left unsigned by mistake; `--unsigned` says so in name, page and answer."""
    done = run(project, "bundle")
    assert done.exit_code == 2 and "--unsigned" in done.output
    done = run(project, "bundle", "--unsigned")
    path = Path(done.output.strip())
    assert path.name.endswith("-unsigned.zip")
    with zipfile.ZipFile(path) as archive:
        assert "未签名" in archive.read("START-HERE.html").decode()
        manifest = json.loads(archive.read("MANIFEST.json"))
    assert manifest["keys"] == [ONE.public.text, TWO.public.text]
    done = run(project, "bundle", "verify", path)
    assert done.exit_code == 1 and "not signed" in done.output
    done = run(project, "bundle", "verify", path, "--unsigned")
    assert done.exit_code == 0 and "warning: it is not signed" in done.output


def test_a_build_says_what_to_do_with_what_it_made(project: Path) -> None:
    """An unsigned bundle is not to be sent; nobody is told to open a site that was not made."""
    done = run(project, "build", "--only", "bundle", "--unsigned")
    assert "Unsigned bundles are for trying out" in done.output, done.output
    assert "Send a bundle" not in done.output and "Open an index.html" not in done.output
    done = run(project, "build", "--only", "bundle", **_key(project))
    assert "Send a bundle" in done.output and "Unsigned" not in done.output


def test_a_key_that_no_site_trusts_does_not_sign(project: Path) -> None:
    """A key that is not in the settings is named, with the line to add."""
    done = run(project, "bundle", **_key(project, STRANGER))
    assert done.exit_code == 2 and STRANGER.public.text in done.output


def test_a_new_key(project: Path, tmp_path: Path) -> None:
    """The private key is encrypted, for its owner's eyes only, and never in a repository."""
    path = tmp_path.parent / f"{tmp_path.name}-keys" / "kb.key"
    done = run(project, "keys", "new", path, KB_KEY_PASSWORD=PASSWORD)
    assert done.exit_code == 0 and "  - RW" in done.output, done.output
    assert path.stat().st_mode & 0o077 == 0
    assert run(project, "keys", "new", path, KB_KEY_PASSWORD=PASSWORD).exit_code == 2
    short = run(project, "keys", "new", path.with_name("b"), KB_KEY_PASSWORD="short")
    assert short.exit_code == 2 and not path.with_name("b").exists()
    (project / ".git").mkdir()
    done = run(project, "keys", "new", project / "kb" / "kb.key", KB_KEY_PASSWORD=PASSWORD)
    assert done.exit_code == 2 and "Git repository" in done.output


def test_a_key_is_revoked(project: Path) -> None:
    """A revoked key signs no more, is named in the next bundle, and the last one stays."""
    before = (project / "kb/settings.yml").read_text("utf-8")
    assert run(project, "keys", "revoke", ONE.public.id.lower()).exit_code == 0
    after = (project / "kb/settings.yml").read_text("utf-8")
    assert after == f"{before}revoked_keys: [{ONE.public.id}]\n"
    assert "is revoked" in run(project, "bundle", **_key(project)).output
    done = run(project, "bundle", **_key(project, TWO))
    manifest = json.loads(zipfile.ZipFile(done.output.strip()).read("MANIFEST.json"))
    assert manifest["revoked"] == [ONE.public.id]
    assert "last key" in run(project, "keys", "revoke", TWO.public.id).output
    assert "already" in run(project, "keys", "revoke", ONE.public.id).output
    assert "there is no key" in run(project, "keys", "revoke", STRANGER.public.id).output


def test_one_key_is_not_enough(project: Path) -> None:
    """Settings with a single key are refused: it could never be replaced."""
    path = project / "kb/settings.yml"
    path.write_text(path.read_text("utf-8").replace(f"  - {TWO.public.text}\n", ""), "utf-8")
    done = run(project, "validate")
    assert done.exit_code == 1 and "trusted_keys" in done.output, done.output


def test_no_such_site(project: Path) -> None:
    """A site that is not there is named, with those that are."""
    done = run(project, "bundle", "nowhere")
    assert done.exit_code == 2 and "far-mine" in done.output


def test_outside_a_project(tmp_path: Path) -> None:
    """A remote site has no project: keys are given, or come with what is installed."""
    path = tmp_path / "b.zip"
    path.write_bytes(signed())
    done = run(tmp_path, "bundle", "verify", path)
    assert done.exit_code == 1 and "not trusted" in done.output
    done = run(tmp_path, "bundle", "verify", path, "--key", ONE.public.text)
    assert done.exit_code == 0, done.output


def test_an_update_is_made_and_installed(project: Path, tmp_path: Path) -> None:
    """From a version whose bundle lies beside; what to do where it does not is said."""
    old, new = FILES, FILES | {"site/index.html": b"<!doctype html>" + b"page " * 199 + b"new"}
    for days, files in enumerate((old, new)):
        name = f"quay-2026.11.0{days + 1}-1a2b3c4d.zip"
        (tmp_path / name).write_bytes(signed(files, days=days))
    words = ("bundle", "update", tmp_path / "quay-2026.11.02-1a2b3c4d.zip", "--from")
    done = run(project, *words, "2026.11.01-1a2b3c4d", **_key(project))
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.glob("*.update.zip")
    folder = tmp_path / "field"
    assert "nothing is installed" in run(project, "bundle", "verify", path).output
    for file in (tmp_path / "quay-2026.11.01-1a2b3c4d.zip", path):
        assert run(project, "bundle", "verify", file, "--to", folder).exit_code == 0
        assert run(project, "bundle", "apply", file, "--to", folder).exit_code == 0
    done = run(project, *words, "2020.01.01-00000000", **_key(project))
    assert done.exit_code == 2 and "2020.01.01" in done.output
    assert "nothing is left to do" in run(project, "bundle", "apply", path, "--to", folder).output
    done = run(project, "bundle", "rollback", "--to", folder)
    assert done.exit_code == 0 and "in use again: quay 2026.11.01-1a2b3c4d\n" in done.output
    path.unlink()
    (tmp_path / "sent").mkdir()
    older = tmp_path / "quay-2026.11.01-1a2b3c4d.zip"
    done = run(project, *words, older.rename(tmp_path / "sent/kept.zip"), **_key(project))
    assert done.exit_code == 0 and path.is_file(), done.output


def test_published_and_fetched(project: Path, tmp_path: Path) -> None:
    """From the bundle that was made to a folder on a server, and from there to a site."""
    www, field = tmp_path / "www", tmp_path / "field"
    done = run(project, "bundle", "publish", www, **_key(project))
    assert done.exit_code == 2 and "there is no bundle to publish" in done.output
    done = run(project, "bundle", "publish", www, "far-mine", **_key(project))
    assert done.exit_code == 2 and "kb bundle far-mine" in done.output
    assert run(project, "bundle", "publish", www, "nowhere").exit_code == 2
    assert run(project, "bundle", "far-mine", **_key(project)).exit_code == 0
    assert run(project, "bundle", "publish", www, "far-mine").exit_code == 2
    done = run(project, "bundle", "publish", www, "far-mine", **_key(project))
    assert done.exit_code == 0 and "  + " in done.output, done.output
    assert "unchanged" in run(project, "bundle", "publish", www, **_key(project)).output
    place = www / "far-mine"
    assert run(project, "bundle", "fetch", place).exit_code == 2
    done = run(project, "bundle", "fetch", place, "--to", field)
    assert done.exit_code == 0 and "in use: far-mine" in done.output, done.output
    assert installed(field) is not None
    done = run(project, "bundle", "fetch", place, "--to", field)
    assert done.exit_code == 0 and "nothing newer is published" in done.output
    done = run(project, "bundle", "fetch", place, "--download-only", tmp_path / "stick.zip")
    assert done.exit_code == 0
    assert run(project, "bundle", "verify", tmp_path / "stick.zip").exit_code == 0


def test_an_older_bundle_beside_the_new_one_is_not_published(project: Path, tmp_path: Path) -> None:
    """The latest commit counts, not which file was written last; a protected site is told of."""
    made = project / "build/bundles/far-mine"
    made.mkdir(parents=True)
    for days in (2, 1):
        content = signed(days=days, site="far-mine")
        (made / f"far-mine-2026.11.0{days + 1}-1a2b3c4d.zip").write_bytes(content)
        os.utime(made / f"far-mine-2026.11.0{days + 1}-1a2b3c4d.zip", (10 - days, 10 - days))
    done = run(project, "bundle", "publish", tmp_path / "www", **_key(project))
    assert done.exit_code == 0 and "2026.11.03-1a2b3c4d is the newest" in done.output, done.output
    assert "2026.11.02" not in done.output
    with (project / "kb/sites/far-mine.yml").open("a", encoding="utf-8") as file:
        file.write("protected: true\n")
    done = run(project, "bundle", "publish", tmp_path / "www", "far-mine", **_key(project))
    assert done.exit_code == 2 and "still holds what was published before" in done.output


def test_a_fetch_that_fails_says_what_to_do(project: Path, tmp_path: Path) -> None:
    """Nothing there, or nothing to trust: the reason, and what to do next."""
    done = run(project, "bundle", "fetch", tmp_path, "--to", tmp_path / "field")
    assert done.exit_code == 3 and "there is no index.json" in done.output
    assert "same command again" in done.output
    run(project, "bundle", "far-mine", "--unsigned")
    www = tmp_path / "www"
    assert run(project, "bundle", "publish", www, "far-mine").exit_code == 2
    assert run(project, "bundle", "publish", www, "far-mine", "--unsigned").exit_code == 0
    words = ("bundle", "fetch", www / "far-mine", "--to", tmp_path / "field")
    done = run(project, *words)
    assert done.exit_code == 1 and "the index: it is not signed" in done.output
    done = run(project, *words, "--unsigned")
    assert done.exit_code == 0 and "warning: it is not signed" in done.output


def test_parts_come_back_together(project: Path, tmp_path: Path) -> None:
    """A bundle is cut, the parts joined elsewhere; sizes and gaps are told."""
    path = tmp_path / "b.zip"
    path.write_bytes(signed(FILES | {"a.bin": random.Random(4).randbytes(6000)}))
    done = run(project, "bundle", "split", path, "--size", "1kB")
    assert done.exit_code == 1 and "at least" in done.output
    assert run(project, "bundle", "split", path, "--size", "1q").exit_code == 2
    done = run(project, "bundle", "split", path, "--size", "2kB")
    parts = sorted(tmp_path.glob("*.part"), reverse=True)
    assert done.exit_code == 0 and len(parts) > 2
    done = run(project, "bundle", "join", *parts[1:], "--to", tmp_path / "there")
    assert done.exit_code == 1 and "missing" in done.output
    done = run(project, "bundle", "join", *parts, "--to", tmp_path / "there")
    assert done.exit_code == 0
    assert (tmp_path / "there/b.zip").read_bytes() == path.read_bytes()
