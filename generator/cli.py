"""The command `kb`: arguments, exit codes, printing.

Imports stand inside the commands so that each starts at once.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from generator import __version__
from generator.cli_bundles import bundle
from generator.cli_keys import check_sites, checked_knowledge, keys, signing_key
from generator.cli_passwords import new_password
from generator.cli_transport import fetch_command, publish_command
from generator.settings import ProjectNotFoundError, Settings, find_settings, key_file

if TYPE_CHECKING:
    from generator.knowledge import KnowledgeBase
    from generator.outputs import Made
    from generator.scaffolds import Scaffold
    from generator.search.results import Hit, Index, Results

CLEAN, FINDINGS, USAGE, FAULT = 0, 1, 2, 3
EXIT_CODES = {
    CLEAN: "clean: nothing was found, or only warnings without `--strict`",
    FINDINGS: "findings: something in the records is to be mended, or a bundle was refused",
    USAGE: "wrong usage: the command was not understood, or cannot do what was asked",
    FAULT: "our fault or the machine's, or the command was stopped",
}


class _Commands(click.Group):
    """Lists commands in the order of a working day, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tierbook")
@click.option(
    "--project",
    "project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder that holds kb/, or one below it.",
)
@click.option("--debug", is_flag=True, help="Where the tool itself fails, show where.")
@click.pass_context
def kb(context: click.Context, project: Path, debug: bool) -> None:
    """Support knowledge: write it, check it, publish it, search it.

    \b
    kb new case --type printing --title 卡纸    begin a record
    kb validate                                 check every record
    kb build                                    make sites, handbooks, bundles
    kb handbook ordos-mine                      make one site's handbooks only
    kb search 打印机离线                        find it while the caller waits
    """
    context.obj = project


def _settings(context: click.Context) -> Settings:
    project: Path = context.obj
    return find_settings(project)


@kb.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "ci", "json", "sarif"]),
    default="text",
    help="How findings are written.",
)
@click.pass_context
def validate(context: click.Context, paths: tuple[Path, ...], strict: bool, form: str) -> None:
    """Check every record; PATHS narrow what is shown, not what is read.

    \b
    Example:  kb validate --strict
              kb validate kb/cases/network
    """
    from generator.loading import load
    from generator.report import FORMATS

    settings = _settings(context)
    for path in paths:
        if not path.exists():
            raise click.UsageError(f'there is no file or folder "{path}"')
    loaded = load(settings)
    wanted = tuple(path.resolve() for path in paths)
    shown = [
        finding
        for finding in loaded.findings
        if not wanted
        or any((settings.root / finding.location.path).is_relative_to(path) for path in wanted)
    ]
    click.echo(FORMATS[form](shown))
    fails = any(finding.is_error or strict for finding in shown)
    sys.exit(FINDINGS if fails else CLEAN)


@kb.command()
@click.option(
    "--only",
    type=click.Choice(["site", "handbook", "bundle"]),
    multiple=True,
    help="Make only this; may be said several times.",
)
@click.option("--strict", is_flag=True, help="Make nothing while there are warnings.")
@click.option("--unsigned", is_flag=True, help="Do not sign bundles; their start pages say so.")
@click.option("--quiet", is_flag=True, help="Print nothing but findings.")
@click.pass_context
def build(
    context: click.Context, only: tuple[str, ...], strict: bool, unsigned: bool, quiet: bool
) -> None:
    """Check kb/, then make sites, search, handbooks and bundles.

    Only what changed is made again; nothing is made while there is an error. Bundles are signed
    with the key that KB_KEY names; without a key there are none, unless you say --unsigned.
    Handbook and bundle of a protected site open with the password in KB_PASSWORD; without it they
    are left out.

    \b
    Example:  kb build
              kb build --only site
              kb build --unsigned
    """
    import gc

    # thousands of records stay alive until the end; looking for garbage among them takes seconds
    gc.disable()
    from generator.loading import load
    from generator.report import as_text

    settings = _settings(context)
    loaded = load(settings)
    if loaded.findings:
        click.echo(as_text(loaded.findings))
    knowledge = loaded.knowledge
    if knowledge is None or loaded.has_errors or (strict and loaded.findings):
        sys.exit(FINDINGS)
    from generator import build as recipe

    made: list[Made] = []
    parts = only or recipe.PARTS
    key = None
    if "bundle" in parts and not unsigned:
        if key_file() or only:
            key = signing_key(knowledge)
        else:
            parts = ("site", "handbook")
            click.echo("No bundles: KB_KEY names no key that signs them; --unsigned does without.")
    password = new_password(knowledge) if set(parts) - {"site"} else None
    with _progress(quiet, recipe.count(knowledge, parts)) as tell:
        for one in recipe.make(knowledge, parts, key, password):
            made.append(one)
            tell(one)
    findings = sorted({finding for one in made for finding in one.findings})
    if findings:
        click.echo(as_text(findings))
    if not quiet:
        _say_made(made)
    sys.exit(FINDINGS if any(finding.is_error for finding in findings) else CLEAN)


@kb.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--quiet", is_flag=True, help="Print nothing but findings.")
@click.pass_context
def handbook(context: click.Context, sites: tuple[str, ...], quiet: bool) -> None:
    """Make the printed handbooks of these remote sites; of all, where none is named.

    Each language is a PDF in the paper of the site's printer, a booklet (A4 sheets for both sides,
    turned over the short edge, folded eight at a time) and an EPUB for phones and e-readers. Those
    of a protected site open with the password in KB_PASSWORD.

    \b
    Example:  kb handbook
              kb handbook ordos-mine
    """
    from generator.report import as_text

    knowledge = checked_knowledge(_settings(context))
    check_sites(knowledge, sites)
    from generator.printing import make_handbooks

    made = list(make_handbooks(knowledge, sites, new_password(knowledge, sites)))
    findings = sorted({finding for one in made for finding in one.findings})
    if findings:
        click.echo(as_text(findings))
    if not quiet:
        _say_files(made)
    sys.exit(FINDINGS if any(finding.is_error for finding in findings) else CLEAN)


@contextmanager
def _progress(quiet: bool, total: int) -> Iterator[Callable[[Made], None]]:
    """Show how much of what is to be made is there, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda made: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("making", total=total)

        def tell(made: Made) -> None:
            progress.update(task, advance=1, description=f"made {made.path.name}")

        yield tell


def _say_made(made: list[Made]) -> None:
    """Say where each output is and how to open it."""
    _say_files(made)
    click.echo()
    has_site = any(one.path.is_dir() for one in made)
    if has_site:
        click.echo("Open an index.html in a browser: it needs no server and no network.")
    bundles = [one.path for one in made if one.path.suffix == ".zip"]
    if any("-unsigned" in path.stem for path in bundles):
        click.echo("Unsigned bundles are for trying out: docs/how-to/sign-bundles.md says more.")
    elif bundles:
        click.echo("Send a bundle to its site: it unpacks to START-HERE.html, site and handbook.")
    if has_site:
        click.echo("Search from here: kb search 打印机脱机")


def _say_files(made: list[Made]) -> None:
    """Say where each output is and whether it changed."""
    here = Path.cwd()
    click.echo()
    for one in made:
        if not one.path.exists():
            continue
        path = one.path / "index.html" if one.path.is_dir() else one.path
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        count = f"{one.changed} file{'' if one.changed == 1 else 's'} new or changed"
        files = "made" if one.path.is_file() else count
        click.echo(
            f"  {click.style(str(shown), bold=True)}  {files if one.changed else 'unchanged'}"
        )


bundle.add_command(publish_command)
bundle.add_command(fetch_command)
kb.add_command(bundle)
kb.add_command(keys)


@kb.command()
@click.option("--edition", default="internal", show_default=True, help="Which site to show.")
@click.option("--port", default=8000, show_default=True, help="Where to listen, on this machine.")
@click.pass_context
def serve(context: click.Context, edition: str, port: int) -> None:
    """Preview a site and follow every change of kb/ and templates/.

    \b
    Example:  kb serve --edition public
    """
    from generator.loading import load
    from generator.publishing import make_site
    from generator.report import as_text

    settings = _settings(context)
    knowledge = _knowledge(context)
    profiles = {each.id: each for each in knowledge.organisation.editions}
    if edition not in profiles:
        raise click.UsageError(f'there is no edition "{edition}"; one of: {", ".join(profiles)}')

    def again() -> None:
        loaded = load(settings)
        click.echo(as_text(loaded.findings))
        if loaded.knowledge is not None and not loaded.has_errors:
            made = make_site(loaded.knowledge, profiles[edition])
            click.echo(f"{made.changed} files new or changed")

    from generator.preview import preview

    again()
    site = settings.build / "site" / edition
    click.echo(f"http://127.0.0.1:{port}/  (Ctrl+C ends)")
    preview(site, (settings.kb, settings.templates), again, port)


@kb.command()
@click.argument("words", nargs=-1)
@click.option("--edition", default="internal", show_default=True, help="Which edition to search.")
@click.option("--language", help="The reader's language; the first of kb/settings.yml otherwise.")
@click.option("--type", "issue_type", multiple=True, help="Only this issue type.")
@click.option("--product", multiple=True, help="Only this product.")
@click.option("--platform", multiple=True, help="Only this platform.")
@click.option("--tier", multiple=True, help="Only records this tier handles.")
@click.option("--kind", multiple=True, help="Only case, runbook or guide.")
@click.option("--confidence", multiple=True, help="Only records so far trusted.")
@click.option("--audience", multiple=True, help="Only records for this audience.")
@click.option("--written-in", multiple=True, help="Only records that exist in this language.")
@click.option("--limit", default=5, show_default=True, help="How many to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--show", type=int, help="Print the whole record of that place in the list.")
@click.option("--open", "opened", is_flag=True, help="Open the first hit in the browser.")
@click.pass_context
def search(
    context: click.Context,
    /,
    words: tuple[str, ...],
    edition: str,
    language: str | None,
    limit: int,
    as_json: bool,
    show: int | None,
    opened: bool,
    **filters: tuple[str, ...],
) -> None:
    """Find records by a caller's words, an error code or an id.

    Without WORDS it asks again and again, the index stays open; a number shows that result whole.

    \b
    Example:  kb search 打印机离线
              kb search stop 7b --tier L1
              kb search vpn --language en --show 1
              kb search
    """
    from generator.console import results_lines
    from generator.search.results import open_index
    from generator.search.store import UnusableIndexError

    settings = _settings(context)
    query = " ".join(words)
    made = sorted(path.name for path in (settings.build / "index").glob("*"))
    if made and edition not in made:
        raise click.UsageError(f'there is no edition "{edition}"; one of: {", ".join(made)}')
    try:
        with open_index(settings.build / "index" / edition) as index:
            wanted = {
                "language" if name == "written_in" else name: values
                for name, values in filters.items()
                if values
            }
            if not words:
                _converse(settings, index, edition, language, wanted, limit)
                return
            results = _found(index, query, language, wanted, max(1, limit, show or 0))
    except UnusableIndexError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(asdict(results), ensure_ascii=False, indent=2))
        return
    if show is not None or opened:
        place = (show or 1) - 1
        if place >= len(results.hits) or place < 0:
            raise click.UsageError(f"there are {len(results.hits)} results, not {show or 1}")
        hit = results.hits[place]
        page = settings.build / "site" / edition / hit.path
        if opened:
            if not page.is_file():
                raise click.UsageError(f"there is no page {page}: run `kb build` first")
            click.launch(str(page))
        if show is not None:
            _show(settings, hit.id, hit.language, edition)
        return
    for line in results_lines(results, query):
        click.echo(line)
    sys.exit(CLEAN if results.hits else FINDINGS)


def _found(
    index: Index, query: str, language: str | None, wanted: dict[str, tuple[str, ...]], limit: int
) -> Results:
    """Return what a query finds; UnusableIndexError where the index breaks only now."""
    from generator.search.store import UnusableIndexError

    try:
        return index.search(query, language, wanted, limit)
    except Exception as error:  # whatever reading a damaged file comes to
        if "--debug" in sys.argv:
            raise
        text = f"the search index cannot be read ({error}): delete build/index and run `kb build`"
        raise UnusableIndexError(text) from error


def _converse(
    settings: Settings,
    index: Index,
    edition: str,
    language: str | None,
    wanted: dict[str, tuple[str, ...]],
    limit: int,
) -> None:
    """Answer one line after the other, until an empty one or the end."""
    from generator.console import results_lines

    hits: tuple[Hit, ...] = ()
    if sys.stdin.isatty():
        with suppress(ImportError):  # Windows has none
            import readline  # noqa: F401  (arrows edit the line and bring back earlier ones)
        click.echo("Type what the caller says; a number shows that result; an empty line ends.")
    while line := _next_line():
        if line.isdigit() and 0 < int(line) <= len(hits):
            hit = hits[int(line) - 1]
            _show(settings, hit.id, hit.language, edition)
            continue
        results = _found(index, line, language, wanted, limit)
        hits = results.hits
        for shown in results_lines(results, line):
            click.echo(shown)


def _next_line() -> str:
    """Return the next line without the space around it, nothing at the end."""
    try:
        return str(click.prompt("", "", show_default=False, prompt_suffix="search> ")).strip()
    except click.Abort:
        click.echo()
        return ""


@kb.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--limit", default=30, show_default=True, help="How many to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.pass_context
def gaps(context: click.Context, files: tuple[Path, ...], limit: int, as_json: bool) -> None:
    """Rank what callers asked and nobody found: what to write next.

    FILES are those that agents save on the search page, one from each device.

    \b
    Example:  kb gaps kb-missing-*.json
    """
    from generator.search.gaps import UnusableFileError, rank, read_queries
    from generator.search.indexing import search_terms

    terms = search_terms(_knowledge(context).vocabulary)
    try:
        queries = [
            query
            for path in files
            for query in read_queries(str(path), path.read_text("utf-8", errors="replace"))
        ]
    except (OSError, UnusableFileError) as error:
        raise click.UsageError(str(error)) from error
    found = rank(queries, terms)[: max(1, limit)]
    if as_json:
        click.echo(json.dumps([asdict(gap) for gap in found], ensure_ascii=False, indent=2))
        return
    for gap in found:
        where = f"{gap.files} device{'' if gap.files == 1 else 's'}"
        click.echo(f"{gap.count:>4}×  {gap.text}  ({where}, last {gap.last or 'unknown'})")
        for other in gap.others[:5]:
            click.echo(f"       {other}")
    if not found:
        click.echo("Nothing is missing.")


@kb.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--limit", default=30, show_default=True, help="How many records to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.pass_context
def feedback(context: click.Context, files: tuple[Path, ...], limit: int, as_json: bool) -> None:
    """Report which records helped their readers and which did not.

    FILES are those that readers save below a page, or what an endpoint received. A file that is
    none of these is named and left out, and the exit code is 1.

    \b
    Example:  kb feedback kb-feedback-*.json
    """
    from generator.feedback import LARGEST, Answer, UnusableFileError, read_answers, report

    records = _knowledge(context).records
    answers: list[Answer] = []
    is_whole = True
    for path in files:
        try:
            with path.open("rb") as file:
                found, bad = read_answers(str(path), file.read(LARGEST + 1))
        except (OSError, UnusableFileError) as error:
            click.echo(f"left out: {error}", err=True)
            is_whole = False
            continue
        answers += found
        if bad:
            click.echo(f"{path}: {bad} entries are no answers and were left out", err=True)
    reports = report(answers)[: max(1, limit)]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in reports], ensure_ascii=False, indent=2))
    for each in () if as_json else reports:
        title = records[each.id].record.title if each.id in records else "(no such record)"
        click.echo(f"{each.failed:>4} did not help, {each.helped} helped  {each.id}  {title}")
        where = f"{each.devices} device{'' if each.devices == 1 else 's'}"
        said = " · ".join(filter(None, (where, " ".join(each.languages), f"last {each.last}")))
        click.echo(f"       {said}")
        for comment in each.comments[:5]:
            click.echo(f"       {'+' if comment.is_helped else '-'} {comment.text}")
    if not reports and not as_json:
        click.echo("Nobody said anything.")
    if not is_whole:
        sys.exit(FINDINGS)


@kb.command()
@click.argument("id")
@click.option("--edition", default="internal", show_default=True, help="As whom to read it.")
@click.option("--language", help="In which language; the record's own otherwise.")
@click.pass_context
def show(context: click.Context, id: str, edition: str, language: str | None) -> None:
    """Print one record as an edition's readers see it.

    \b
    Example:  kb show PRN-0001 --language en --edition public
    """
    _show(_settings(context), id.upper(), language, edition)


def _show(settings: Settings, id: str, language: str | None, edition: str) -> None:
    from generator.console import record_lines
    from generator.editions import make_edition
    from generator.loading import load

    knowledge = load(settings).knowledge
    if knowledge is None or id not in knowledge.records:
        raise click.UsageError(f'there is no record "{id}"; kb search finds one by words')
    profiles = {each.id: each for each in knowledge.organisation.editions}
    if edition not in profiles:
        raise click.UsageError(f'there is no edition "{edition}"; one of: {", ".join(profiles)}')
    filed = knowledge.records[id]
    made = make_edition(
        knowledge, profiles[edition], language or knowledge.language_of(filed.record)
    )
    if id not in made:
        raise click.UsageError(f"{id} is not in the {edition} edition")
    data = made.entry(id).record.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True, warnings=False
    )
    click.echo_via_pager("\n".join(record_lines(data)) + "\n")


@kb.group(cls=_Commands)
def new() -> None:
    """Begin a record from a template, with the next free number.

    \b
    Example:  kb new case --type printing --title 打印机脱机
              kb new translation PRN-0001 de
    """


_TYPE = click.option("--type", "issue_type", help="The issue type, from kb/vocabulary.")
_TITLE = click.option("--title", help="The issue in one line, as its reader would say it.")


@new.command("case")
@_TYPE
@_TITLE
@click.pass_context
def new_case(context: click.Context, issue_type: str | None, title: str | None) -> None:
    """Begin a case; asks for what is left out.

    \b
    Example:  kb new case --type printing --title "Printer is offline"
    """
    from generator import scaffolds

    knowledge = _knowledge(context)
    kind = _asked_issue_type(knowledge, issue_type)
    _write_new(knowledge, scaffolds.new_case(knowledge, kind, _asked("--title", "Title", title)))


@new.command("runbook")
@_TYPE
@_TITLE
@click.pass_context
def new_runbook(context: click.Context, issue_type: str | None, title: str | None) -> None:
    """Begin a runbook; asks for what is left out.

    \b
    Example:  kb new runbook --type network --title "VPN concentrator is down"
    """
    from generator import scaffolds

    knowledge = _knowledge(context)
    kind = _asked_issue_type(knowledge, issue_type)
    _write_new(knowledge, scaffolds.new_runbook(knowledge, kind, _asked("--title", "Title", title)))


@new.command("guide")
@_TYPE
@_TITLE
@click.pass_context
def new_guide(context: click.Context, issue_type: str | None, title: str | None) -> None:
    """Begin a guide, a decision tree; asks for what is left out.

    \b
    Example:  kb new guide --type network --title "No network? Step by step"
    """
    from generator import scaffolds

    knowledge = _knowledge(context)
    kind = _asked_issue_type(knowledge, issue_type)
    _write_new(knowledge, scaffolds.new_guide(knowledge, kind, _asked("--title", "Title", title)))


@new.command("site")
@click.argument("id")
@click.option("--name", help="What people call it.")
@click.pass_context
def new_site(context: click.Context, id: str, name: str | None) -> None:
    """Begin a remote field site called ID; asks for its name.

    \b
    Example:  kb new site mae-moh --name 湄莫工厂
    """
    from generator import scaffolds

    knowledge = _knowledge(context)
    _write_new(knowledge, scaffolds.new_site(knowledge, id, _asked("--name", "Name", name)))


@new.command("translation")
@click.argument("id")
@click.argument("language")
@click.pass_context
def new_translation(context: click.Context, id: str, language: str) -> None:
    """Begin the translation of the record ID to LANGUAGE, with its texts as comments.

    \b
    Example:  kb new translation PRN-0001 de
    """
    from generator import scaffolds

    knowledge = _knowledge(context)
    _write_new(knowledge, scaffolds.new_translation(knowledge, id, language))


def _knowledge(context: click.Context) -> KnowledgeBase:
    """Return the knowledge base as far as it can be read; stops where its settings cannot."""
    from generator.loading import load
    from generator.report import as_text

    loaded = load(_settings(context))
    if loaded.knowledge is None:
        where = "kb/settings.yml"
        click.echo(as_text([each for each in loaded.findings if each.location.path == where]))
        sys.exit(FINDINGS)
    return loaded.knowledge


def _asked(option: str, question: str, given: str | None) -> str:
    """Return what was given, or what the user answers; without a terminal nobody is asked."""
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(f"say {option}, nobody is there to be asked")
    answer: str = click.prompt(question)
    return answer


def _asked_issue_type(knowledge: KnowledgeBase, given: str | None) -> str:
    known = ", ".join(knowledge.issue_types)
    if given is None and sys.stdin.isatty():
        click.echo(f"Issue types: {known}")
    kind = _asked(f"--type (one of: {known})", "Issue type", given)
    from generator.scaffolds import issue_type_of

    return issue_type_of(knowledge, kind).id


def _write_new(knowledge: KnowledgeBase, scaffold: Scaffold) -> None:
    from generator.writing import replace

    path = knowledge.settings.root / scaffold.path
    if path.exists():
        raise click.UsageError(f"{scaffold.path} is there already")
    replace(path, scaffold.content)
    click.echo(f"{scaffold.path} is there; fill it, then:")
    click.echo(f"kb validate {scaffold.path}")


@kb.command()
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every stale translation there is.")
@click.pass_context
def stamp(context: click.Context, names: tuple[str, ...], every: bool) -> None:
    """Say that translations agree with their sources again; NAMES are files or ids.

    Sets `source_digest` to the source's and leaves the rest as it is: after the translation was
    mended, or at once where the source's change was only a typo.

    \b
    Example:  kb stamp PRN-0001
              kb stamp kb/cases/printing/PRN-0001.de.yml
              kb stamp --all
    """
    from generator.scaffolds import stamps
    from generator.writing import replace

    if bool(names) == every:
        raise click.UsageError("name files or ids, or say --all")
    knowledge = _knowledge(context)
    root = knowledge.settings.root
    stale = stamps(knowledge, tuple(_from_root(name, root) for name in names))
    for scaffold in stale:
        replace(root / scaffold.path, scaffold.content)
        click.echo(f"{scaffold.path}: stamped")
    if not stale:
        click.echo("nothing to stamp: the translations agree with their sources")


def _from_root(name: str, root: Path) -> str:
    """Return a file's path from the project's root; an id as it is."""
    path = Path(name)
    if not path.is_file():
        return name
    return Path(os.path.relpath(path.resolve(), root)).as_posix()


@kb.command()
@click.argument("code")
def explain(code: str) -> None:
    """Say what a finding's CODE means and how to mend it.

    \b
    Example:  kb explain KB304
    """
    from generator.findings import CODES

    known = CODES.get(code.upper())
    if known is None:
        raise click.UsageError(f'there is no code "{code}"; the codes: {", ".join(CODES)}')
    click.secho(f"{known.number}  {known.title}  ({known.level})", bold=True)
    click.echo()
    click.echo(click.wrap_text(known.explanation, 80))


@kb.command()
@click.argument("kind")
def schema(kind: str) -> None:
    """Print the JSON Schema of a KIND of file, for editors.

    \b
    Example:  kb schema case > case.schema.json
    """
    from generator.schema import KINDS, schema_of

    if kind not in KINDS:
        raise click.UsageError(f'there is no kind "{kind}"; the kinds: {", ".join(KINDS)}')
    click.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))


def run() -> NoReturn:
    """Run the command as a process of its own, which ends at once.

    Taking thousands of records apart one by one, only to leave, takes a quarter of a second;
    everything is written and closed by then.
    """
    try:
        main()
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else FAULT)


def main() -> NoReturn:
    """Run the command; the one place where an exception becomes a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal that cannot show a character gets its code, not a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        kb.main(prog_name="kb", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(FAULT)
    except BrokenPipeError:
        # the reader of our output has gone (kb validate | head): nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAULT)
    except ProjectNotFoundError as error:
        click.echo(f"kb: {error}", err=True)
        click.echo("    hint: run this where kb/ is, or say --project FOLDER", err=True)
        sys.exit(USAGE)
    except Exception as error:
        sys.exit(_fail(error))
    sys.exit(CLEAN)


def _fail(error: Exception) -> int:
    """Say calmly what broke; returns the exit code."""
    # where a library is missing, importing scaffolds would fail as well
    scaffolds = sys.modules.get("generator.scaffolds")
    if scaffolds is not None and isinstance(error, scaffolds.WrongUseError):
        click.echo(f"kb: {error}", err=True)
        return USAGE
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    what = "the machine" if isinstance(error, OSError) else "kb itself"
    click.echo(f"kb: {what} failed: {type(error).__name__}: {error}", err=True)
    click.echo(
        "    hint: no record is to blame; run the command again as kb --debug … and report what\n"
        f"          it prints, with the command and the version ({__version__})",
        err=True,
    )
    return FAULT
