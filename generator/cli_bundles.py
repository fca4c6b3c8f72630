"""The command `kb bundle`: pack, sign, verify, install, update, go back.

Imports stand inside the commands, as in `cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli_keys import REFUSED, check_sites, checked_knowledge, signing_key
from generator.cli_passwords import new_password, opened
from generator.settings import ProjectNotFoundError, find_settings, today

if TYPE_CHECKING:
    from generator.bundles.manifests import Manifest
    from generator.bundles.verifying import Trust


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
    for, or taken from KB_KEY_PASSWORD; what opens a protected site's bundle, or from KB_PASSWORD.

    \b
    Example:  kb bundle
              kb bundle make hamburg-warehouse
              kb bundle --unsigned
    """
    from generator.build import make_bundles
    from generator.printing import make_handbooks
    from generator.report import as_text

    knowledge = checked_knowledge(find_settings(context.obj))
    check_sites(knowledge, sites)
    key = None if unsigned else signing_key(knowledge)
    password = new_password(knowledge, sites)
    found = [each for made in make_handbooks(knowledge, sites, password) for each in made.findings]
    for made in make_bundles(knowledge, sites or tuple(knowledge.sites), key, password):
        found += made.findings
        if not made.findings and made.path.is_file():
            click.echo(made.path)
    if found:
        click.echo(as_text(sorted(set(found))))
    if any(each.is_error for each in found):
        sys.exit(REFUSED)


_ENDS = ("", "-unsigned", "-protected", "-unsigned-protected")
_TO = click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder it is installed in.",
)
KEYS = click.option("--key", "keys", multiple=True, help="A public key to trust as well.")
UNSIGNED = click.option("--unsigned", is_flag=True, help="Take one without a signature.")
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@bundle.command("verify")
@_FILE
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Compare with what is installed there too.",
)
@KEYS
@UNSIGNED
@click.pass_context
def verify_command(
    context: click.Context, file: Path, folder: Path | None, keys: tuple[str, ...], unsigned: bool
) -> None:
    """Say whether a bundle is genuine and whole; nothing is written.

    An update is judged by what it makes of the version installed in --to.

    Trusted are the keys in kb/settings.yml, those of what is installed, and those given here.

    \b
    Example:  kb bundle verify hamburg-warehouse-2026.11.22-1a2b3c4d.zip
    """
    from generator.bundles.installing import installed
    from generator.bundles.updating import receive
    from generator.bundles.verifying import check_newer

    with told(file), opened(file) as given:
        incoming = receive(given.file, trust_in(context, keys, unsigned), folder)
        now = installed(folder) if folder else None
        manifest = incoming.manifest
        check_newer(manifest, now.manifest() if now else None)
        warn(manifest, incoming.signer)
        signed = f"signed with {incoming.signer}" if incoming.signer else "not signed"
        click.echo(f"whole, {signed}: {manifest.site} {manifest.version}")
        click.echo(f"edition {manifest.edition}, {len(manifest.files)} files, {manifest.date}")


@bundle.command("apply")
@_FILE
@_TO
@KEYS
@UNSIGNED
@click.pass_context
def apply_command(
    context: click.Context, file: Path, folder: Path, keys: tuple[str, ...], unsigned: bool
) -> None:
    """Verify a bundle or an update, install it in a folder and switch to it in one step.

    The version before is kept. Where this was interrupted, it goes on the next time.

    \b
    Example:  kb bundle apply hamburg-warehouse-2026.11.22-1a2b3c4d.zip --to /srv/kb
    """
    from generator.bundles.disk import Disk
    from generator.bundles.installing import START, apply
    from generator.bundles.updating import receive

    with told(file), opened(file) as given:
        incoming = receive(given.file, trust_in(context, keys, unsigned), folder)
        warn(incoming.manifest, incoming.signer)
        then = apply(incoming, folder, Disk())
        click.echo(f"in use: {incoming.manifest.site} {incoming.manifest.version}")
        click.echo(f"open {then.folder / START}")


@bundle.command("update")
@_FILE
@click.option("--from", "old", required=True, help="A version whose bundle lies beside, or a file.")
@click.option("--unsigned", is_flag=True, help="Do not sign; of an unsigned bundle.")
@click.pass_context
def update_command(context: click.Context, file: Path, old: str, unsigned: bool) -> None:
    """Write what changed from an older bundle to the bundle FILE, as a small file beside it.

    Keep the bundles that you sent outside build/, where each new one replaces the one before: any
    of them can be the version to start from.

    \b
    Example:  kb bundle update quay-2026.11.22-1a2b3c4d.zip --from sent/quay-2026.11.01-0f0f0f0f.zip
              kb bundle update quay-2026.11.22-1a2b3c4d.zip --from 2026.11.01-0f0f0f0f
    """
    from generator.bundles.differing import make_update
    from generator.bundles.verifying import check_files, open_bundle
    from generator.bundles.zips import open_archive
    from generator.writing import replace

    trust = trust_in(context, (), unsigned)
    end = "-unsigned" if unsigned else ""
    with told(file), opened(file) as given:
        new = open_bundle(open_archive(given.file), trust)
        site = new.manifest.site
        beside = [file.parent / f"{site}-{old}{each}.zip" for each in _ENDS]
        found = next((each for each in (Path(old), *beside) if each.is_file()), None)
        if found is None:
            raise click.UsageError(
                f'there is no file "{old}" and no bundle of that version beside {file}: name with '
                "--from the file that was kept when it was sent"
            )
        with told(found), opened(found) as before:
            start = open_bundle(open_archive(before.file), trust)
            for each in (start, new):
                check_files(each)
            key = None if unsigned else signing_key(checked_knowledge(find_settings(context.obj)))
            versions = f"{new.manifest.version}-from-{start.manifest.version}"
            name = f"{site}-{versions}{end}.update.zip"
            lock = given if given.outer else before
            content, name = lock.protected(make_update(start, new, key), name)
    path = file.with_name(name)
    replace(path, content)
    click.echo(f"{path}  {len(content):,} bytes, the bundle {file.stat().st_size:,}")


@bundle.command("split")
@_FILE
@click.option("--size", required=True, help="The most a part may have: 500kB, 20MB.")
def split_command(file: Path, size: str) -> None:
    """Cut FILE into parts for mail, chat or a satellite; they are written beside it.

    \b
    Example:  kb bundle split hamburg-warehouse-2026.11.22-1a2b3c4d.zip --size 20MB
    """
    from generator.bundles.parts import split
    from generator.writing import replace

    units = {"kb": 1000, "mb": 1000**2, "gb": 1000**3, "": 1}
    number = size.rstrip("bBkKmMgG ")
    unit = size[len(number) :].strip().lower()
    if not number.isdigit() or unit not in units:
        raise click.UsageError(f'"{size}" is no size such as 500kB or 20MB')
    with told(file):
        for name, content in split(file.name, file.read_bytes(), int(number) * units[unit]):
            replace(file.with_name(name), content)
            click.echo(file.with_name(name))


@bundle.command("join")
@click.argument("parts", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where the file is written.")
def join_command(parts: tuple[Path, ...], folder: Path | None) -> None:
    """Join PARTS, in any order; what is missing or damaged is named.

    \b
    Example:  kb bundle join *.part
    """
    from generator.bundles.parts import join
    from generator.writing import replace

    place = folder or parts[0].parent
    with told("the parts"):
        name, content = join({str(part): part.read_bytes() for part in parts})
        replace(place / name, content)
        click.echo(place / name)


@bundle.command("rollback")
@_TO
def rollback_command(folder: Path) -> None:
    """Switch back to the version that was in use before.

    \b
    Example:  kb bundle rollback --to /srv/kb
    """
    from generator.bundles.disk import Disk
    from generator.bundles.installing import START, go_back

    with told(folder):
        then = go_back(folder, Disk())
        manifest = then.manifest()
        click.echo(f"in use again: {manifest.site} {manifest.version}")
        click.echo(f"open {then.folder / START}")


def trust_in(context: click.Context, given: tuple[str, ...], unsigned: bool) -> Trust:
    """Return whom to trust: the keys given, and the project's where there is one."""
    from generator.bundles.minisign import read_public_key
    from generator.bundles.verifying import Trust

    keys, revoked = given, frozenset[str]()
    try:
        organisation = checked_knowledge(find_settings(context.obj)).organisation
        keys, revoked = (*given, *organisation.trusted_keys), frozenset(organisation.revoked_keys)
    except ProjectNotFoundError:
        pass
    return Trust(tuple(map(read_public_key, keys)), revoked, unsigned)


def warn(manifest: Manifest, signer: str) -> None:
    """Say what a reader should know of a version that is genuine and whole."""
    from generator.bundles.verifying import warnings

    for warning in warnings(manifest, signer, today()):
        click.echo(f"warning: {warning}", err=True)


@contextmanager
def told(what: Path | str) -> Iterator[None]:
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
