"""The pipeline as a recipe: one line a stage, read top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from generator.bundles.assembly import assemble
from generator.bundles.installing import APPLIER, START
from generator.bundles.minisign import read_public_key
from generator.bundles.packing import Contents, last_day, pack
from generator.bundles.protection import protect, protected_name
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.bundles.zips import moment_of
from generator.ebook import stored
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import Site
from generator.outputs import Made
from generator.outputs.start import start_page
from generator.passages import mark_passages
from generator.pdf.steady import unpacked
from generator.printing import books, files_of, make_handbooks
from generator.protection import opens_bundle, read_me, renewed, shelf
from generator.publishing import compiled, make_remote_site, make_site, remote_name, speakers
from generator.templating import Templates
from generator.writing import Artifact, digest_of, keys_digest, write_all

PARTS = ("site", "handbook", "bundle")


def count(knowledge: KnowledgeBase, parts: tuple[str, ...] = PARTS) -> int:
    """Return how many outputs `make` will yield."""
    each = {
        "site": lambda: len(knowledge.organisation.editions),
        "handbook": lambda: sum(1 for _ in books(knowledge)),
        "bundle": lambda: len(knowledge.sites),
    }
    return sum(each[part]() for part in parts)


def make(
    knowledge: KnowledgeBase,
    parts: tuple[str, ...] = PARTS,
    key: PrivateKey | None = None,
    password: str | None = None,
) -> Iterator[Made]:
    """Make the outputs that are asked for, one after the other, each as soon as it is wanted.

    Bundles are signed where there is a `key`; protected sites have handbook and bundle where there
    is a `password`.
    """
    if "site" in parts:
        yield from (make_site(knowledge, each) for each in knowledge.organisation.editions)
    if "handbook" in parts:
        yield from make_handbooks(knowledge, password=password)
    if "bundle" in parts:
        yield from make_bundles(knowledge, knowledge.sites, key, password)


def make_bundles(
    knowledge: KnowledgeBase,
    ids: Collection[str],
    key: PrivateKey | None = None,
    password: str | None = None,
) -> Iterator[Made]:
    """Make the bundle of each remote site named, from its own site and its handbook."""
    for id in ids:
        made = make_remote_site(knowledge, knowledge.sites[id].record)
        yield made if made.findings else _make_bundle(knowledge, id, key, password)


def _make_bundle(
    knowledge: KnowledgeBase, id: str, key: PrivateKey | None, password: str | None
) -> Made:
    settings, stamp = knowledge.settings, knowledge.history.stamp
    folder, cache = settings.build / "bundles" / id, settings.build / "cache"
    remote = knowledge.sites[id].record
    templates = Templates(settings.templates / "bundle", compiled(settings))
    digest = digest_of(
        tool_digest(),
        templates.digest,
        repr(stamp),
        knowledge.sites[id].source.digest,
        knowledge.organisation.model_dump_json(),
        key.public.id if key else "",
        keys_digest(cache / f"site-{remote_name(id)}.json"),
        keys_digest(shelf(settings, remote.protected).ledger),
    )
    name = f"{id}-{stamp.version}{'' if key else '-unsigned'}.zip"
    artifact = Artifact(name, digest, partial(_bundle, knowledge, remote, templates, key))
    ledger = cache / f"bundle-{id}.json"
    artifacts: Iterable[Artifact] = (artifact,)
    if remote.protected:
        artifact = _protected(knowledge, remote, artifact, password or "")
        opens = partial(opens_bundle, password=password) if password else None
        artifacts = renewed(folder, (artifact,), ledger, opens)
    try:
        changed = write_all(folder, artifacts, ledger)
    except RefusedError as error:
        where = knowledge.sites[id].location(("id",))
        hint = "give what is called so another id, then: kb bundle"
        found = (Finding(where, "KB905", reason, hint) for reason in error.reasons)
        return Made(id, folder, 0, tuple(found))
    return Made(id, folder / artifact.path, len(changed.written))


def _protected(knowledge: KnowledgeBase, remote: Site, inside: Artifact, password: str) -> Artifact:
    """Return a bundle that opens with the password; the one inside it stands out of sight."""
    settings, moment = knowledge.settings, moment_of(knowledge.history.stamp.time)
    cache = settings.build / "cache"
    folder, ledger = cache / "bundles" / remote.id, cache / f"bundle-{remote.id}-plain.json"
    text = read_me(speakers(settings, remote.languages).values())

    def make() -> bytes:
        write_all(folder, (inside,), ledger)
        content = (folder / inside.path).read_bytes()
        return protect(content, inside.path, text, moment, password)

    return Artifact(protected_name(inside.path), digest_of("protected", inside.key, text), make)


def _bundle(
    knowledge: KnowledgeBase, remote: Site, templates: Templates, key: PrivateKey | None
) -> bytes:
    settings, organisation = knowledge.settings, knowledge.organisation
    folder = settings.build / "site" / remote_name(remote.id)
    files = {
        f"site/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file()
    }
    # packed as small by the zip, and far smaller in an update than what is compressed inside
    loose = {".pdf": unpacked, ".epub": stored}
    printed = {
        f"handbook{path.name.removeprefix(remote.id)}": loose[path.suffix](path.read_bytes())
        for path in files_of(knowledge, remote)
    }
    until = last_day(knowledge.history.stamp, organisation.bundles_valid_days)
    speak = speakers(settings, organisation.languages).__getitem__
    page = start_page(knowledge, remote, {*files, *printed}, speak, until)
    html = templates.render(START, {**page, "is_signed": key is not None})
    pages = {
        START: mark_passages(html, remote.languages[0]).encode(),
        **printed,
        APPLIER: assemble(organisation.trusted_keys),
    }
    contents = Contents(
        site=remote.id,
        edition=remote.edition,
        stamp=knowledge.history.stamp,
        files=files,
        pages=pages,
        keys=tuple(map(read_public_key, organisation.trusted_keys)),
        revoked=organisation.revoked_keys,
        valid_until=until,
    )
    return pack(contents, key)
