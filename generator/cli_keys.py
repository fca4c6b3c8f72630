"""The command `kb keys`, and the key that signs: from a file, a password and the settings.

Imports stand inside the commands, as in `cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli_passwords import asked
from generator.settings import Settings, find_settings, key_file, key_password

if TYPE_CHECKING:
    from generator.bundles.signing import PrivateKey
    from generator.knowledge import KnowledgeBase

REFUSED = 1


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
    password = key_password() or asked("Password for the new key", "KB_KEY_PASSWORD", is_new=True)
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
    knowledge = checked_knowledge(settings)
    path = settings.kb / "settings.yml"
    try:
        text = revoked_in(path.read_text("utf-8"), knowledge.organisation, id.upper())
    except RefusedError as error:
        raise click.UsageError(str(error)) from error
    replace(path, text.encode())
    click.echo(f"{id.upper()} is revoked in kb/settings.yml")
    click.echo("Make a new key (kb keys new) and add it to trusted_keys, so that two are left.")
    click.echo("Commit, name the other key with KB_KEY, then pack and send: kb bundle")


def checked_knowledge(settings: Settings) -> KnowledgeBase:
    """Return the knowledge base; ends with the findings where it has errors."""
    from generator.loading import load
    from generator.report import as_text

    loaded = load(settings)
    if loaded.knowledge is None or loaded.has_errors:
        click.echo(as_text(loaded.findings))
        sys.exit(REFUSED)
    return loaded.knowledge


def check_sites(knowledge: KnowledgeBase, sites: Collection[str]) -> None:
    """End the command where one of the sites that were named is none."""
    for site in sites:
        if site not in knowledge.sites:
            known = ", ".join(knowledge.sites)
            raise click.UsageError(f'there is no site "{site}"; the sites: {known}')


def _unlocked() -> PrivateKey:
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
        password = key_password() or asked(f"Password of {path}", "KB_KEY_PASSWORD", is_new=False)
        return unlocked(content, password)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from error
    except RefusedError as error:
        raise click.UsageError(f"{path}: {error}") from error


def signing_key(knowledge: KnowledgeBase) -> PrivateKey:
    """Return the private key, unlocked, which the settings trust."""
    key = _unlocked()
    _check_trusted(knowledge, key)
    return key


def _check_trusted(knowledge: KnowledgeBase, key: PrivateKey) -> None:
    """Refuse to sign with a key that no site would trust."""
    organisation = knowledge.organisation
    if key.public.id in organisation.revoked_keys:
        raise click.UsageError(
            f"the key {key.public.id} is revoked in kb/settings.yml: name another one with KB_KEY"
        )
    if key.public.text not in organisation.trusted_keys:
        raise click.UsageError(
            f"the key {key.public.id} is not among trusted_keys of kb/settings.yml: "
            f"add {key.public.text}"
        )
