"""The commands `kb bundle publish` and `kb bundle fetch`: bundles on a server, and from there.

Imports stand inside the commands, as in `cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from generator.cli_bundles import KEYS, UNSIGNED, told, trust_in, warn
from generator.cli_keys import check_sites, checked_knowledge, signing_key
from generator.settings import find_settings

FAULT = 3
UPDATES = 5
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("publish")
@click.argument("folder", type=_FOLDER)
@click.argument("sites", nargs=-1)
@click.option(
    "--updates",
    "most",
    default=UPDATES,
    show_default=True,
    type=click.IntRange(0, 100),
    help="From how many earlier versions an update is offered; so many bundles are kept.",
)
@click.option("--unsigned", is_flag=True, help="Do not sign; unsigned bundles.")
@click.pass_context
def publish_command(
    context: click.Context, folder: Path, sites: tuple[str, ...], most: int, unsigned: bool
) -> None:
    """Lay out bundles in FOLDER so that any web server serves them to `kb bundle fetch`.

    Takes the bundles that `kb bundle` made, of SITES or of all. FOLDER is kept from one time to
    the next: from the earlier bundles in it updates to the new one are made. Files come first, the
    signed index last; what nobody needs any more goes.

    \b
    Example:  kb bundle publish /srv/www/bundles
              kb bundle publish published hamburg-warehouse --updates 10
    """
    from generator.bundles.downloading import size_text
    from generator.bundles.publishing import lay_out, newest_of

    settings = find_settings(context.obj)
    knowledge = checked_knowledge(settings)
    check_sites(knowledge, sites)
    files = {}
    for site in sites or knowledge.sites:
        if knowledge.sites[site].record.protected:
            _leave_out_protected(site, folder / site, is_named=bool(sites))
            continue
        made = settings.build / "bundles" / site
        found = [
            path
            for path in made.glob(f"{site}-*.zip")
            if not path.name.endswith(".update.zip") and path.stem.endswith("-unsigned") == unsigned
        ]
        if found:
            with told(made):
                files[site] = newest_of(found)
        elif sites:
            raise click.UsageError(f"{made} holds no bundle to publish: kb bundle {site}")
        else:
            click.echo(f"{site}: no bundle was made, so none is published", err=True)
    if not files:
        raise click.UsageError("there is no bundle to publish: kb bundle makes them")
    key = None if unsigned else signing_key(knowledge)
    trust = trust_in(context, (), unsigned)
    for site, file in files.items():
        with told(file):
            laid = lay_out(folder / site, file, trust, key, most)
        for reason in laid.left_out:
            click.echo(f"warning: {reason}", err=True)
        click.echo(f"{folder / site}: {laid.index.version} is the newest")
        for offer in laid.index.offers:
            mark = "+" if offer.name in laid.written else " "
            click.echo(f"  {mark} {size_text(offer.held.size):>10}  {offer.name}")
        if not laid.written and not laid.removed:
            click.echo("    unchanged")
        for name in laid.removed:
            click.echo(f"  - {'':>10}  {name}")
    click.echo("A site takes it with: kb bundle fetch https://YOUR-SERVER/…/SITE --to FOLDER")


def _leave_out_protected(site: str, folder: Path, is_named: bool) -> None:
    """Say why a protected site's bundle is not published; end where it was asked for."""
    reason = f"{site}: protected, and what is published anyone may try to open: send its file"
    if folder.is_dir():
        reason += f"; {folder} still holds what was published before: remove it, on the server too"
    if is_named:
        raise click.UsageError(reason)
    click.echo(reason, err=True)


@click.command("fetch")
@click.argument("url")
@click.option("--to", "folder", type=_FOLDER, help="The folder it is installed in.")
@click.option(
    "--download-only",
    "place",
    type=click.Path(path_type=Path),
    help="Install nothing: write the file here (a file, or a folder) to carry it on.",
)
@KEYS
@UNSIGNED
@click.option(
    "--tries",
    default=8,
    show_default=True,
    type=click.IntRange(1),
    help="How often in a row the line may bring nothing.",
)
@click.pass_context
def fetch_command(
    context: click.Context,
    url: str,
    folder: Path | None,
    place: Path | None,
    keys: tuple[str, ...],
    unsigned: bool,
    tries: int,
) -> None:
    """Fetch the newest version from URL and install it, over however bad a line.

    URL is the site's folder that `kb bundle publish` laid out: an https or http address, or a
    folder on a share. The smallest file that leads from the installed version to the newest is
    taken. Where the line broke it goes on, also when the command is given again later.

    \b
    Example:  kb bundle fetch https://kb.example.com/bundles/hamburg-warehouse --to /srv/kb
              kb bundle fetch URL --download-only stick/
    """
    from generator.bundles.disk import Disk
    from generator.bundles.downloading import Line
    from generator.bundles.fetching import fetch, save
    from generator.bundles.installing import START

    if folder is None and place is None:
        raise click.UsageError("say with --to where it is installed, or use --download-only")
    trust = trust_in(context, keys, unsigned)
    with told(url), _kept_for_later(), _shown() as (say, moved):
        line = Line(url, say, moved, tries)
        if place is not None:
            path = save(line, folder, trust, place, Disk())
            say(f"{path}")
            return
        assert folder is not None
        fetched = fetch(line, folder, trust, Disk())
    warn(fetched.manifest, fetched.signer)
    now = "in use" if fetched.is_new else "nothing newer is published; in use"
    click.echo(f"{now}: {fetched.manifest.site} {fetched.manifest.version}")
    click.echo(f"open {fetched.then.folder / START}")


@contextmanager
def _kept_for_later() -> Iterator[None]:
    """Say what to do where the line or the machine fails."""
    try:
        yield
    except OSError as error:
        click.echo(f"failed: {error}", err=True)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    else:
        return
    click.echo(
        "    What was in use is still in use, and what came is kept. To go on from there give the\n"
        "    same command again.",
        err=True,
    )
    sys.exit(FAULT)


@contextmanager
def _shown() -> Iterator[tuple[Callable[[str], None], Callable[[int, int], None]]]:
    """Yield what shows a line of text, and what shows how much came, on a terminal as a bar."""
    if not sys.stderr.isatty():
        yield click.echo, lambda here, size: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    bar = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, visible=False)

        def say(text: str) -> None:
            progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

        def moved(here: int, size: int) -> None:
            progress.update(task, completed=here, total=size, visible=True)

        yield say, moved
