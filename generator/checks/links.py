"""Ids, references, vocabulary words, pictures, and the paths through guides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from generator.findings import Finding, Location
from generator.knowledge import (
    REFERENCE,
    KnowledgeBase,
    Reference,
    is_as_wide,
    references,
)
from generator.model import (
    INTERNAL,
    Audience,
    Case,
    Escalation,
    Guidance,
    Guide,
    Part,
    Question,
    Record,
    Runbook,
    Site,
    Step,
    Tier,
)
from generator.records import Filed, Translation
from generator.shapes import Trail, parts, shapes, strings, texts


def _hint(word: str, known: Iterable[str], otherwise: str) -> str:
    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'did you mean "{near[0]}"?' if near else otherwise


def identity(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB303: a case's id and folder fit its issue type."""
    for filed in knowledge.records.values():
        record = filed.record
        issue_type = knowledge.issue_types.get(record.issue_type)
        if not isinstance(record, Case) or issue_type is None:
            continue
        prefix, folder = record.id.split("-")[0], filed.source.path.split("/")[2]
        if prefix != issue_type.prefix:
            message = f'cases of "{issue_type.id}" begin with {issue_type.prefix}, not {prefix}'
            yield Finding(filed.location(("id",)), "KB303", message, "change the id or the type")
        elif folder != issue_type.id:
            message = f'a case of "{issue_type.id}" lies in "{folder}"'
            hint = f"move it to kb/cases/{issue_type.id}/"
            yield Finding(filed.location(("issue_type",)), "KB303", message, hint)


def targets(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB304, KB310: every reference leads to another record."""
    known = knowledge.records.keys() | knowledge.unread
    for filed in knowledge.records.values():
        # what a record names is known from reading it; only what looks wrong is walked through
        if filed.mentions <= known and filed.record.id not in filed.mentions:
            continue
        for reference in references(filed.record):
            if reference.target == filed.record.id:
                yield _self_reference(filed, reference)
            elif reference.target not in known:
                yield _no_such(filed, reference, knowledge)
    for translation in knowledge.translations.values():
        for trail, target in _mentions(translation.texts):
            if target not in known:
                yield _no_such(translation, Reference(trail, target), knowledge)
    for site in knowledge.sites.values():
        for trail, text in texts(site.record):
            for target in REFERENCE.findall(text):
                if target not in known:
                    yield _no_such(site, Reference(trail, target), knowledge)
    for issue_type in knowledge.vocabulary.issue_types:
        guide = issue_type.guide
        if guide is not None and guide not in known:
            where = Location("kb/vocabulary/issue_types.yml")
            message = f'"{issue_type.id}" begins with the guide "{guide}", which is not there'
            yield Finding(where, "KB304", message, "write the guide, or take the line out")


def _self_reference(filed: Filed[Record], reference: Reference) -> Finding:
    where = filed.location(reference.trail)
    return Finding(where, "KB310", f'"{reference.target}" is this record', "take it out")


def _mentions(data: object) -> Iterator[tuple[Trail, str]]:
    """Yield (trail, id) of every reference in a translation's texts."""
    for trail, text in strings(data):
        for target in REFERENCE.findall(text):
            yield trail, target


def _no_such(
    filed: Filed[Record] | Filed[Site] | Translation, reference: Reference, knowledge: KnowledgeBase
) -> Finding:
    target = reference.target
    alike = [id for id in knowledge.records if id.split("-")[0] == target.split("-")[0]]
    near = get_close_matches(target, alike, n=1, cutoff=0.5)
    hint = "write it first, or take the reference out"
    if near:
        hint = f"the nearest is {near[0]} in {knowledge.records[near[0]].source.path}"
    noun = {"RB": "runbook", "GD": "guide"}.get(target.split("-")[0], "case")
    message = f'there is no {noun} "{target}"'
    return Finding(filed.location(reference.trail), "KB304", message, hint)


def hidden_targets(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB309: a field that all a record's readers see names no record that they may not see."""
    narrower = {
        id: filed
        for id, filed in knowledge.records.items()
        if filed.record.audience is not Audience.PUBLIC
    }
    said: list[tuple[Filed[Record], Filed[Record] | Translation, Reference]] = [
        (filed, filed, reference)
        for filed in knowledge.records.values()
        if filed.record.audience is not Audience.INTERNAL and filed.mentions & narrower.keys()
        for reference in references(filed.record)
    ]
    said += [
        (knowledge.records[id], translation, Reference(trail, target))
        for (id, _), translation in knowledge.translations.items()
        if id in knowledge.records
        for trail, target in _mentions(translation.texts)
    ]
    for filed, file, reference in said:
        audience, other = filed.record.audience, narrower.get(reference.target)
        if other is None or is_as_wide(other.record.audience, audience):
            continue
        if not _is_internal(filed.record, reference.trail) and reference.trail[0] != "related":
            message = f'"{reference.target}" is {other.record.audience}, this field is {audience}'
            hint = "name a public record here, or move the sentence to an internal field"
            yield Finding(file.location(reference.trail), "KB309", message, hint)


def _is_internal(part: object, trail: Trail) -> bool:
    """Return whether a field on the way to `trail` is internal."""
    for name in trail:
        if isinstance(part, Part):
            shown = {shape.name: shape.shown for shape in shapes(type(part))}
            if shown.get(str(name)) is INTERNAL:
                return True
            part = getattr(part, str(name), None)
        elif isinstance(part, dict):
            part = part.get(name)
        elif isinstance(part, tuple) and isinstance(name, int) and name < len(part):
            part = part[name]
    return False


_VOCABULARY_OF = {
    "issue type": "kb/vocabulary/issue_types.yml",
    "product": "kb/vocabulary/products.yml",
    "team": "kb/vocabulary/teams.yml",
}


def vocabulary(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB305, KB311, KB315: issue types, products, teams and editions exist."""
    products = {product.id for product in knowledge.vocabulary.products}
    teams = {team.id for team in knowledge.vocabulary.teams}
    editions = {edition.id for edition in knowledge.organisation.editions}
    for filed in knowledge.records.values():
        record = filed.record
        words: list[tuple[Trail, str, str, Iterable[str]]] = [
            (("issue_type",), record.issue_type, "issue type", knowledge.issue_types)
        ]
        if record.owner:
            words.append((("owner",), record.owner, "team", teams))
        words += [(("domains", n), team, "team", teams) for n, team in enumerate(record.domains)]
        if isinstance(record, Case | Runbook):
            words += [
                (("environment", "products", n), product, "product", products)
                for n, product in enumerate(record.environment.products)
            ]
        if isinstance(record, Case) and record.root_cause_report:
            words += [
                (("root_cause_report", "reviews", n, "team"), review.team, "team", teams)
                for n, review in enumerate(record.root_cause_report.reviews)
            ]
        for trail, word, noun, known in words:
            if word not in known and _VOCABULARY_OF[noun] not in knowledge.unread:
                hint = _hint(word, known, "add it to kb/vocabulary/ first")
                yield Finding(filed.location(trail), "KB305", f'there is no {noun} "{word}"', hint)
        for trail, escalation in _escalations(record):
            if _VOCABULARY_OF["team"] in knowledge.unread:
                continue
            if escalation.to not in teams | {"L2", "L3"} or escalation.to == _tier_of(trail):
                others = (teams | {"L2", "L3"}) - {_tier_of(trail)}
                hint = "one of: " + ", ".join(sorted(others))
                message = f'work cannot be passed on to "{escalation.to}" here'
                yield Finding(filed.location((*trail, "to")), "KB311", message, hint)
    for site in knowledge.sites.values():
        if site.record.edition not in editions:
            message = f'there is no edition "{site.record.edition}"'
            hint = _hint(site.record.edition, editions, "see editions in kb/settings.yml")
            yield Finding(site.location(("edition",)), "KB315", message, hint)
        chosen = site.record.records
        ids = knowledge.records.keys() | knowledge.unread
        for name, known in (
            ("products", products),
            ("issue_types", set(knowledge.issue_types)),
            ("ids", ids),
            ("without", ids),
        ):
            if f"kb/vocabulary/{name}.yml" in knowledge.unread:
                continue
            for number, word in enumerate(getattr(chosen, name)):
                if word not in known:
                    code = "KB304" if name in ("ids", "without") else "KB305"
                    where = site.location(("records", name, number))
                    message = f'"{word}" is not among the {name.replace("_", " ")}'
                    yield Finding(where, code, message, _hint(word, known, "check its spelling"))


def _escalations(record: Record) -> Iterator[tuple[Trail, Escalation]]:
    if isinstance(record, Case):
        for tier in Tier:
            handling = getattr(record.handling, tier)
            if handling is not None and handling.escalate is not None:
                yield ("handling", str(tier), "escalate"), handling.escalate
    elif isinstance(record, Guide):
        for key, node in record.nodes.items():
            if isinstance(node, Guidance) and node.escalate is not None:
                yield ("nodes", key, "escalate"), node.escalate


def _tier_of(trail: Trail) -> str:
    return str(trail[1]) if trail[0] == "handling" else ""


def pictures(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB312, KB313: every picture exists and is told in words."""
    for filed in knowledge.records.values():
        if not filed.has_pictures:
            continue
        for trail, step in parts(filed.record, Step):
            if step.image is None:
                continue
            if step.image not in knowledge.pictures:
                hint = _hint(step.image, knowledge.pictures, "put it into kb/images/")
                message = f'there is no picture "{step.image}"'
                yield Finding(filed.location((*trail, "image")), "KB312", message, hint)
            if step.alt is None:
                hint = 'add "alt": what the picture shows'
                message = f'"{step.image}" has no words'
                yield Finding(filed.location((*trail, "image")), "KB313", message, hint)


def guide_paths(filed: Filed[Record]) -> Iterator[Finding]:
    """KB306, KB307, KB308: every path of a guide ends, every node is on one."""
    guide = filed.record
    if not isinstance(guide, Guide):
        return
    edges = {
        key: tuple(answer.next for answer in node.answers) if isinstance(node, Question) else ()
        for key, node in guide.nodes.items()
    }
    if guide.start not in edges:
        hint = _hint(guide.start, edges, "name the first node")
        message = f'there is no node "{guide.start}"'
        yield Finding(filed.location(("start",)), "KB306", message, hint)
        return
    for key, followers in edges.items():
        for number, follower in enumerate(followers):
            if follower not in edges:
                where = filed.location(("nodes", key, "answers", number, "next"))
                hint = _hint(follower, edges, "write the node, or name another one")
                yield Finding(where, "KB306", f'there is no node "{follower}"', hint)
    reached, looping = _walk(guide.start, edges)
    for key in edges:
        where = filed.location(("nodes", key), of_key=True)
        if key not in reached:
            hint = "let an answer lead to it, or remove it"
            yield Finding(where, "KB307", f'nothing leads to the node "{key}"', hint)
        elif key in looping:
            hint = "let the answer lead to guidance instead"
            yield Finding(where, "KB308", f'from "{key}" a path comes back to "{key}"', hint)


def _walk(start: str, edges: dict[str, tuple[str, ...]]) -> tuple[set[str], set[str]]:
    """Return the nodes reached from `start`, and those that lie on a circle.

    Tarjan's strongly connected components (SIAM J. Comput. 1, 1972), without recursion.
    """
    order: dict[str, int] = {start: 0}
    low: dict[str, int] = {start: 0}
    open_nodes, looping = [start], set[str]()
    is_open = {start}
    path = [(start, iter(edges[start]))]
    while path:
        key, followers = path[-1]
        follower = next(followers, None)
        if follower is None:
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[key])
            if low[key] == order[key]:
                component = {open_nodes.pop()}
                while key not in component:
                    component.add(open_nodes.pop())
                is_open -= component
                if len(component) > 1 or key in edges[key]:
                    looping |= component
        elif follower in edges and follower not in order:
            order[follower] = low[follower] = len(order)
            open_nodes.append(follower)
            is_open.add(follower)
            path.append((follower, iter(edges[follower])))
        elif follower in is_open:
            low[key] = min(low[key], order[follower])
    return set(order), looping


ON_RECORD = (guide_paths,)
ON_KNOWLEDGE = (identity, targets, hidden_targets, vocabulary, pictures)
