"""The page that a bundle opens with: what is here, how to read it, whom to reach.

In go a site and the names of the files in its bundle, out come the values of its template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from generator.editions import permit, site_edition, site_in_language
from generator.knowledge import KnowledgeBase
from generator.markup import to_plain
from generator.model import Contact, Site
from generator.texts import SELF_NAMES, Say, say_date

NEAREST = 2
"""How many contacts the page names; the site's own page has all."""
_BOOK = re.compile(
    r"handbook(?:-(?P<language>[a-z]{2}))?(?:-\d+)?(?P<end>-booklet\.pdf|\.pdf|\.epub)"
)
"""A language's volume, or one that holds several languages."""


def start_page(
    knowledge: KnowledgeBase,
    site: Site,
    files: Collection[str],
    speak: Callable[[str], Say],
    valid_until: str,
) -> dict[str, Any]:
    """Return the values of `START-HERE.html`; `valid_until` is a day or empty.

    The languages read at the site come first, each other one of the organisation after them.
    """
    every = dict.fromkeys((*site.languages, *knowledge.organisation.languages))
    return {
        "parts": [_part(knowledge, site, files, each, speak(each), valid_until) for each in every],
        "newer": f"{site.id}-\u2026.zip",
    }


def _part(
    knowledge: KnowledgeBase,
    site: Site,
    files: Collection[str],
    language: str,
    say: Say,
    valid_until: str,
) -> dict[str, Any]:
    organisation, stamp = knowledge.organisation, knowledge.history.stamp
    edition = site_edition(knowledge, site, language)
    here = permit(site_in_language(knowledge, site.id, language), edition.marks)
    facts = [
        (say("Version"), stamp.version),
        (say("Date"), say_date(stamp.on, language)),
        (say("Edition"), getattr(edition.profile.names, language)),
        (say("Records"), str(len(edition.ids))),
    ]
    if valid_until:
        facts.append((say("Rely on it until"), valid_until))
    return {
        "language": language,
        "self_name": SELF_NAMES[language],
        "say": say,
        "site_name": to_plain(here.name),
        "name": getattr(organisation.name, language),
        "organisation": getattr(organisation.organisation, language),
        "ways": list(_ways(site, language, files, say)),
        "contacts": [_plain(each) for each in here.contacts[:NEAREST]],
        "facts": facts,
    }


def _ways(site: Site, language: str, files: Collection[str], say: Say) -> Iterator[dict[str, str]]:
    search, home = f"site/{language}/index.html", f"site/{language}/sites/{site.id}.html"
    urgent = say("Whom to reach, spare parts on hand, what may never be done on site")
    known = {
        search: (say("Search and read"), say("Type what you see or hear.")),
        home: (say("In an emergency"), urgent),
    }
    folding = say("Print both sides, turn over the short edge, fold.")
    books = {
        ".pdf": (say("Handbook to print (PDF)"), ""),
        "-booklet.pdf": (say("Handbook as a booklet (PDF)"), f" \u00b7 {folding}"),
        ".epub": (say("Handbook for e-readers and phones (EPUB)"), ""),
    }
    for path in sorted(files, key=lambda path: (path.endswith(".epub"), "booklet" in path, path)):
        found = _BOOK.fullmatch(path)
        read = (found["language"],) if found and found["language"] else site.languages
        if found and language in read:
            label, note = books[found["end"]]
            known[path] = label, f"{path}{note}"
    for path, (label, note) in known.items():
        if path in files:
            yield {"path": path, "label": label, "note": note}


def _plain(contact: Contact) -> dict[str, str]:
    return {name: to_plain(getattr(contact, name)) for name in ("role", "channel", "hours")}
