"""The commands `kb bundle` and `kb keys`: pack, sign, verify, install, go back.

Imports stand inside the commands, as in `cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.settings import (
    ProjectNotFoundError,
    Settings,
    find_settings,
    key_file,
    key_password,
    today,
)

if TYPE_CHECKING:
    from generator.bundles.manifests import Manifest
    from generator.bundles.signing import PrivateKey
    from generator.bundles.verifying import Trust
    from generator.knowledge import KnowledgeBase

REFUSED = 1


class WithDefault(click.Group):
    """A group whose first command may be left out: `kb bundle SITE` is `kb bundle make SITE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self.spelled_out(args))

    def spelled_out(self, args: list[str]) -> list[str]:
        """Return the arguments with "make" where it was left out."""
        is_plain = not args or (args[0] not in self.commands and args[0] not in ("-h", "--help"))
        return ["make", *args] if is_plain else args

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=WithDefault)
def bundle() -> None:
    """Pack a remote site's bundle; verify, install and take back one.

    \b
    Example:  kb bundle hamburg-warehouse
              kb bundle verify hamburg-warehouse-2026.11.22-1a2b3c4d.zip
    """


@bundle.command("make")
@click.argument("sites", nargs=-1)
@click.option("--unsigned", is_flag=True, help="Do not sign; the start page says so.")
@click.pass_context
def make_command(context: click.Context, sites: tuple[str, ...], unsigned: bool) -> None:
    """Pack the bundles of SITES, of all sites where none is named; "make" may be left out.

    The key that signs is the file that KB_KEY names, made by `kb keys new`. Its password is asked
    for, or taken from KB_KEY_PASSWORD.

    \b
    Example:  kb bundle
              kb bundle make hamburg-warehouse
              kb bundle --unsigned
    """
    from generator import build as recipe
    from generator.report import as_text

    knowledge = _checked_knowledge(find_settings(context.obj))
    for site in sites:
        if site not in knowledge.sites:
            known = ", ".join(knowledge.sites)
            raise click.UsageError(f'there is no site "{site}"; the sites: {known}')
    key = None if unsigned else _signing_key(knowledge)
    found = [each for made in recipe.make_handbooks(knowledge) for each in made.findings]
    for made in recipe.make_bundles(knowledge, sites or tuple(knowledge.sites), key):
        found += made.findings
        if not made.findings:
            click.echo(made.path)
    if found:
        click.echo(as_text(sorted(set(found))))
    if any(each.is_error for each in found):
        sys.exit(REFUSED)


_TO = click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder it is installed in.",
)
_KEYS = click.option("--key", "keys", multiple=True, help="A public key to trust as well.")
_UNSIGNED = click.option("--unsigned", is_flag=True, help="Take one without a signature.")
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@bundle.command("verify")
@_FILE
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Compare with what is installed there too.",
)
@_KEYS
@_UNSIGNED
@click.pass_context
def verify_command(
    context: click.Context, file: Path, folder: Path | None, keys: tuple[str, ...], unsigned: bool
) -> None:
    """Say whether a bundle is genuine and whole; nothing is written.

    Trusted are the keys in kb/settings.yml, those of what is installed, and those given here.

    \b
    Example:  kb bundle verify hamburg-warehouse-2026.11.22-1a2b3c4d.zip
    """
    from generator.bundles.installing import installed, trust_at
    from generator.bundles.verifying import check_files, check_newer, open_bundle

    with _told(file), file.open("rb") as opened:
        trust = _trust(context, keys, unsigned)
        now = installed(folder) if folder else None
        bundle = open_bundle(opened, trust_at(folder, trust) if folder else trust)
        check_newer(bundle.manifest, now.manifest() if now else None)
        check_files(bundle)
        manifest = bundle.manifest
        _warn(manifest, bundle.signer)
        signed = f"signed with {bundle.signer}" if bundle.signer else "not signed"
        click.echo(f"whole, {signed}: {manifest.site} {manifest.version}")
        click.echo(f"edition {manifest.edition}, {len(manifest.files)} files, {manifest.date}")


@bundle.command("apply")
@_FILE
@_TO
@_KEYS
@_UNSIGNED
@click.pass_context
def apply_command(
    context: click.Context, file: Path, folder: Path, keys: tuple[str, ...], unsigned: bool
) -> None:
    """Verify a bundle, install it in a folder and switch to it in one step.

    The version before is kept. Where this was interrupted, it goes on the next time.

    \b
    Example:  kb bundle apply hamburg-warehouse-2026.11.22-1a2b3c4d.zip --to /srv/kb
    """
    from generator.bundles.disk import Disk
    from generator.bundles.installing import START, apply, trust_at
    from generator.bundles.verifying import open_bundle

    with _told(file), file.open("rb") as opened:
        trust = trust_at(folder, _trust(context, keys, unsigned))
        bundle = open_bundle(opened, trust)
        _warn(bundle.manifest, bundle.signer)
        then = apply(bundle, folder, Disk())
        click.echo(f"in use: {bundle.manifest.site} {bundle.manifest.version}")
        click.echo(f"open {then.folder / START}")


@bundle.command("rollback")
@_TO
def rollback_command(folder: Path) -> None:
    """Switch back to the version that was in use before.

    \b
    Example:  kb bundle rollback --to /srv/kb
    """
    from generator.bundles.disk import Disk
    from generator.bundles.installing import go_back

    with _told(folder):
        then = go_back(folder, Disk())
        click.echo(f"in use again: {then.current}")


@click.group()
def keys() -> None:
    """Make and revoke the keys that sign bundles.

    \b
    Example:  kb keys new ~/kb-signing.key
    """


@keys.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_command(file: Path) -> None:
    """Make a pair of keys: the private one in FILE, encrypted; the public one is printed.

    FILE lies outside every Git repository. The password is asked for, or taken from
    KB_KEY_PASSWORD.

    \b
    Example:  kb keys new ~/kb-signing.key
    """
    from generator.bundles.signing import locked, new_key
    from generator.writing import replace_private

    place = file.expanduser().resolve()
    if place.exists():
        raise click.UsageError(f"{file} is there already")
    if any((folder / ".git").exists() for folder in place.parents):
        raise click.UsageError(f"{file} lies in a Git repository, where no private key belongs")
    password = key_password() or _asked("Password for the new key", is_new=True)
    if len(password) < 8:
        raise click.UsageError("a password has at least 8 characters")
    key = new_key()
    replace_private(place, locked(key, password))
    click.echo(f"private key: {place} (keep it and its password apart, and a copy of both)")
    click.echo(f"key id: {key.public.id}")
    click.echo("public key, for trusted_keys in kb/settings.yml:")
    click.echo(f"  - {key.public.text}")


@keys.command("revoke")
@click.argument("id")
@click.pass_context
def revoke_command(context: click.Context, id: str) -> None:
    """Never trust the key ID again: the next bundle, signed with another, tells every site.

    \b
    Example:  kb keys revoke 1A2B3C4D5E6F7081
    """
    from generator.bundles.keyring import revoked_in
    from generator.bundles.refusals import RefusedError
    from generator.writing import replace

    settings = find_settings(context.obj)
    knowledge = _checked_knowledge(settings)
    path = settings.kb / "settings.yml"
    try:
        text = revoked_in(path.read_text("utf-8"), knowledge.organisation, id.upper())
    except RefusedError as error:
        raise click.UsageError(str(error)) from error
    replace(path, text.encode())
    click.echo(f"{id.upper()} is revoked in kb/settings.yml")
    click.echo("Make a new key (kb keys new) so that two are left, then pack: kb bundle")


def _checked_knowledge(settings: Settings) -> KnowledgeBase:
    """Return the knowledge base; ends with the findings where it has errors."""
    from generator.loading import load
    from generator.report import as_text

    loaded = load(settings)
    if loaded.knowledge is None or loaded.has_errors:
        click.echo(as_text(loaded.findings))
        sys.exit(REFUSED)
    return loaded.knowledge


def unlock() -> PrivateKey:
    """Return the private key that KB_KEY names, unlocked."""
    from generator.bundles.refusals import RefusedError
    from generator.bundles.signing import unlocked

    path = key_file()
    if path is None:
        raise click.UsageError(
            "KB_KEY names no private key, so nothing can be signed: kb keys new makes one, "
            "--unsigned does without"
        )
    try:
        content = path.expanduser().read_bytes()
        return unlocked(content, key_password() or _asked(f"Password of {path}", is_new=False))
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from error
    except RefusedError as error:
        raise click.UsageError(f"{path}: {error}") from error


def _signing_key(knowledge: KnowledgeBase) -> PrivateKey:
    key = unlock()
    check_trusted(knowledge, key)
    return key


def check_trusted(knowledge: KnowledgeBase, key: PrivateKey) -> None:
    """Refuse to sign with a key that no site would trust."""
    organisation = knowledge.organisation
    if key.public.id in organisation.revoked_keys:
        raise click.UsageError(f"the key {key.public.id} is revoked in kb/settings.yml")
    if key.public.text not in organisation.trusted_keys:
        raise click.UsageError(
            f"the key {key.public.id} is not among trusted_keys of kb/settings.yml: "
            f"add {key.public.text}"
        )


def _asked(question: str, is_new: bool) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("set KB_KEY_PASSWORD, nobody is there to be asked")
    answer: str = click.prompt(question, hide_input=True, confirmation_prompt=is_new)
    return answer


def _trust(context: click.Context, given: tuple[str, ...], unsigned: bool) -> Trust:
    """Return whom to trust: the keys given, and the project's where there is one."""
    from generator.bundles.minisign import read_public_key
    from generator.bundles.verifying import Trust

    keys, revoked = given, frozenset[str]()
    try:
        organisation = _checked_knowledge(find_settings(context.obj)).organisation
        keys, revoked = (*given, *organisation.trusted_keys), frozenset(organisation.revoked_keys)
    except ProjectNotFoundError:
        pass
    return Trust(tuple(map(read_public_key, keys)), revoked, unsigned)


def _warn(manifest: Manifest, signer: str) -> None:
    from generator.bundles.verifying import warnings

    for warning in warnings(manifest, signer, today()):
        click.echo(f"warning: {warning}", err=True)


@contextmanager
def _told(what: Path) -> Iterator[None]:
    """Say why a bundle is refused."""
    from generator.bundles.refusals import RefusedError

    try:
        yield
    except RefusedError as error:
        click.echo(f"refused: {what}", err=True)
        for reason in error.reasons:
            click.echo(f"    {reason}", err=True)
        sys.exit(REFUSED)
    except FileNotFoundError as error:
        raise click.UsageError(f'there is no file "{error.filename}"') from error
