"""The pages of the published site, as Markdown that MkDocs reads.

In go an edition and the templates, out come artifacts: a page for each record, the lists by which
a record is found without searching, the home page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from generator.charts import bars
from generator.desks import desk_views
from generator.diagram import names
from generator.editions import Edition, ForeignText
from generator.health import health_view
from generator.lists import lists, most_named, recent, waiting
from generator.markup import to_plain
from generator.model import Audience, Case, Confidence, Guide, Kind, Link, Step, Tier
from generator.outline import outline, steps_left
from generator.routes import home_page, link, list_page, record_page, relative
from generator.shapes import parts
from generator.templating import Templates
from generator.texts import SELF_NAMES, Say, say_change, say_date, say_number
from generator.views import Row, picture_view, record_view, site_views
from generator.writing import Artifact, digest_of, of_bytes

_SAID = re.compile(r'\bsay\("([^"]+)"\)')
HOME_ROWS = 8
"""How many records each list of the home page shows."""
TEMPLATES = {Kind.CASE: "case.md", Kind.RUNBOOK: "runbook.md", Kind.GUIDE: "guide.md"}


@dataclass(frozen=True, slots=True)
class Site:
    """What every page of one edition shares."""

    edition: Edition
    templates: Templates
    say: Say
    key: str
    """Changes when any page could: templates, words, vocabulary, the tool itself."""
    rows: Mapping[str, Row]
    """Every record of the edition as a list shows it."""


def pages(site: Site) -> Iterator[Artifact]:
    """Yield the pages of one edition in its language."""
    yield from _records(site)
    rows = tuple(site.rows.values())
    row_keys = {each.id: repr(each) for each in rows}
    yield _home(site, rows)
    yield _search(site, rows)
    for view in lists(site.edition, rows, site.say):
        held = chain(view.rows, *(group for _, group in view.groups))
        groups = (word for word, _ in view.groups)
        words = (view.title, view.describes, *groups, *view.pages, repr(view.links))
        key = digest_of(*words, *(row_keys[each.id] for each in held))
        yield _artifact(site, view.path, "list.md", {"view": view}, key)
    health = health_view(site.edition, site.rows, site.say)
    if health is not None:
        yield _artifact(site, health.path, "health.md", {"view": health}, digest_of(repr(health)))
    for remote in site_views(site.edition):
        key = digest_of(remote.site.model_dump_json(), *(row_keys[each.id] for each in remote.rows))
        yield _artifact(site, remote.path, "site.md", {"view": remote}, key)


def shared(sites: Sequence[Site]) -> Iterator[Artifact]:
    """Yield what all languages of an audience share: the way in, the pictures, the theme's data."""
    first = sites[0].edition
    knowledge = first.knowledge
    held = {each.issue_type for each in sites[0].rows.values()}
    data = {
        "edition": first.name,
        "edition_names": first.profile.names.model_dump(),
        "names": knowledge.organisation.name.model_dump(),
        "organisations": knowledge.organisation.organisation.model_dump(),
        "languages": knowledge.organisation.languages,
        "feedback_endpoint": knowledge.organisation.feedback_endpoint,
        "report_to": report_address(knowledge.organisation.report_to),
        "call": call_limits(first),
        "issue_types": [
            {"id": each.id, "icon": each.icon, "names": each.names.model_dump()}
            for each in knowledge.vocabulary.issue_types
            if each.id in held
        ],
        "lists": _list_names(first),
    }
    yield of_bytes(".site.json", json.dumps(data, ensure_ascii=False, indent=1).encode())
    front = f"---\ntitle: start\nlang: {first.language}\ntemplate: start.html\n---\n"
    yield of_bytes("index.md", front.encode())
    # in a file of its own: a new version must not change every page
    version = json.dumps(knowledge.history.stamp.version)
    yield of_bytes("assets/version.js", f"window.kbVersion = {version};\n".encode())
    used = {
        name
        for id in first.ids
        for name in knowledge.pictures
        if knowledge.records[id].has_pictures and _is_shown(first, id, name)
    }
    dark = {name for each in used if (name := knowledge.dark(each))}
    for name in sorted(used | dark):
        picture = knowledge.pictures[name]
        yield Artifact(name, picture.digest, picture.file.read_bytes)


def report_address(given: str | None) -> str:
    """Return where a mistake is reported, with `{title}` and `{body}` in it; empty for nowhere."""
    if not given or "{title}" in given:
        return given or ""
    name = "subject" if given.startswith("mailto:") else "title"
    return f"{given}{'&' if '?' in given else '?'}{name}={{title}}&body={{body}}"


def call_limits(edition: Edition) -> dict[str, int]:
    """Return the strictest limits of a call in minutes; empty for readers who take none."""
    promises = edition.knowledge.vocabulary.sla
    if not promises or not edition.shows(Case, "handling"):
        return {}
    return {
        "respond_within": min(each.respond_within for each in promises),
        "handle_within": min(each.handle_within for each in promises),
    }


def _is_shown(edition: Edition, id: str, picture: str) -> bool:
    """Return whether a step of a record that its readers see shows a picture."""
    return any(step.image == picture for _, step in parts(edition.entry(id).record, Step))


def facet_names(site: Site) -> dict[str, str]:
    """Return how the words that results are filtered and marked by are called."""
    language = site.edition.language
    held = {each.issue_type for each in site.rows.values()}
    types = site.edition.knowledge.vocabulary.issue_types
    names = {each.id: getattr(each.names, language) for each in types if each.id in held}
    return names | {str(each): site.say(f"confidence {each}") for each in Confidence}


def script_words(site: Site, scripts: Iterable[str]) -> Artifact:
    """Return what scripts say and how filters' words are called, as a script of the language."""
    texts = sorted({text for script in scripts for text in _SAID.findall(script)})
    words = {text: site.say(text) for text in texts}
    known = {"kbWords": words, "kbNames": facet_names(site)}
    lines = (
        f"window.{name} = {json.dumps(each, ensure_ascii=False, sort_keys=True)};\n"
        for name, each in known.items()
    )
    return of_bytes(f"assets/words/{site.edition.language}.js", "".join(lines).encode())


def _list_names(edition: Edition) -> list[str]:
    kinds = {id.split("-")[0] for id in edition.ids}
    names = ["guides", "codes", "products", "platforms", "recent"]
    if "RB" in kinds:
        names.insert(1, "runbooks")
    if edition.shows(Case, "handling"):
        names.insert(-1, "tiers")
    if edition.shows(Case, "review_by"):
        names.append("health")
    if edition.sites:
        names.append("sites")
    return names


def _records(site: Site) -> Iterator[Artifact]:
    for id in site.edition.ids:
        kind = site.rows[id].kind
        path = record_page(site.edition.language, kind, id)
        make = partial(_record_page, site, id, path, kind)
        yield Artifact(f"{path}.md", f"{site.edition.key(id)}-{site.key}", make)


def _record_page(site: Site, id: str, path: str, kind: Kind) -> bytes:
    view = record_view(site.edition, id)
    values: dict[str, Any] = {"view": view, "case": view.record}
    if isinstance(view.record, Guide):
        values |= _tree(site, view.record)
    return _render(site, path, TEMPLATES[kind], values)


def _tree(site: Site, guide: Guide) -> dict[str, Any]:
    """Return what a guide's page shows of the whole: its nodes' names, its picture."""
    captions = {
        key: site.rows[node.guide].title if isinstance(node, Link) else node.text
        for key, node in guide.nodes.items()
    }

    def resolve(id: str) -> tuple[str, str] | None:
        return ("", site.rows[id].title) if id in site.rows else None

    plain = {key: to_plain(text, resolve) for key, text in captions.items()}
    return {
        "names": names(guide),
        "left": steps_left(guide),
        "captions": captions,
        "tree": outline(guide, lambda node: (plain[node],)),
    }


def _artifact(site: Site, path: str, template: str, values: dict[str, Any], key: str) -> Artifact:
    return Artifact(
        f"{path}.md", digest_of(key, site.key), partial(_render, site, path, template, values)
    )


def _render(site: Site, path: str, template: str, values: dict[str, Any]) -> bytes:
    edition = site.edition

    def resolve(id: str) -> tuple[str, str] | None:
        if id not in edition:
            return None
        found = site.rows[id]
        # a text that refers to it may be in another language than the page
        own = getattr(found.title, "language", edition.language)
        return link(path, found.path), ForeignText(found.title, own)

    context = {
        "_": site.say,
        "resolve": resolve,
        "page": path,
        "language": edition.language,
        "languages": edition.knowledge.organisation.languages,
        "edition": edition.profile,
        "desks": desk_views(edition.profile, edition.language, site.say),
        "organisation": edition.knowledge.organisation,
        "home": home_page(edition.language),
        "to": lambda target: link(path, target),
        "file": lambda target: relative(path, target),
        "list_path": partial(list_page, edition.language),
        "date": lambda day: say_date(day, edition.language),
        "number": lambda value: say_number(value, edition.language),
        "change": lambda share: say_change(share, edition.language),
        "bars": bars,
        "language_names": SELF_NAMES,
        "picture": partial(picture_view, edition),
        **values,
    }
    return site.templates.render(template, context).encode()


def _home(site: Site, rows: tuple[Row, ...]) -> Artifact:
    edition = site.edition
    language = edition.language
    types = [
        (
            issue_type,
            getattr(issue_type.names, language),
            getattr(issue_type.describes, language),
            sum(each.issue_type == issue_type.id for each in rows),
        )
        for issue_type in edition.knowledge.vocabulary.issue_types
    ]
    values: dict[str, Any] = {
        "types": [each for each in types if each[3]],
        "icons": {each.id: each.icon for each in edition.knowledge.vocabulary.issue_types},
        "guides": [each for each in rows if each.kind is Kind.GUIDE],
        "waiting": waiting(edition, rows),
        "named": most_named(edition, rows, HOME_ROWS),
        "recent": recent(rows)[:HOME_ROWS],
    }
    return _artifact(site, home_page(language), "home.md", values, digest_of(repr(values)))


def _search(site: Site, rows: tuple[Row, ...]) -> Artifact:
    """Return the page with all results of a query, filters, and help where nothing was found."""
    path = list_page(site.edition.language, "search", "index")
    guides = [each for each in rows if each.kind is Kind.GUIDE]
    types = site.edition.knowledge.issue_types.values()
    starts = {each.guide: each.id for each in types if each.guide}
    values: dict[str, Any] = {
        "facets": facet_words(site, rows),
        "guides": [
            {
                "path": f"{each.path}.html",
                "title": str(each.title),
                "language": getattr(each.title, "language", ""),
                "type": starts.get(each.id, each.issue_type),
            }
            for each in guides
        ],
    }
    return _artifact(site, path, "search.md", values, digest_of(repr(values)))


def facet_words(site: Site, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """Return what each value of each facet is called, facets in the order they are shown in."""
    say, language = site.say, site.edition.language
    vocabulary = site.edition.knowledge.vocabulary
    held = tuple(rows)
    products = {name for each in held for name in each.products}
    platforms = sorted({name for each in held for name in each.platforms})
    types = {each.issue_type for each in held}
    tiers = {tier for each in held for tier in each.tiers}
    confidence = {each.confidence for each in held}
    audiences = {each.audience for each in held}
    return {
        "issue_type": {
            each.id: getattr(each.names, language)
            for each in vocabulary.issue_types
            if each.id in types
        },
        "product": {each.id: each.name for each in vocabulary.products if each.id in products},
        "platform": {name: say(f"platform {name}") for name in platforms},
        "tier": {str(tier): say(f"tier {tier}") for tier in Tier if tier in tiers},
        "kind": {"case": say("Case"), "runbook": say("Runbook"), "guide": say("Guide")},
        "language": {},
        "confidence": {
            str(each): say(f"confidence {each}") for each in Confidence if str(each) in confidence
        },
        "audience": {
            str(each): say(f"audience {each}") for each in Audience if str(each) in audiences
        },
    }
