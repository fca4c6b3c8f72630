"""The pipeline as a recipe: one line a stage, read top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from generator.bundles.assembly import assemble
from generator.bundles.installing import APPLIER, START
from generator.bundles.minisign import read_public_key
from generator.bundles.packing import Contents, pack
from generator.bundles.refusals import RefusedError
from generator.bundles.signing import PrivateKey
from generator.editions import site_in_language
from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.loading import tool_digest
from generator.model import Site
from generator.outputs import Made
from generator.printing import handbooks, make_handbooks
from generator.publishing import compiled, make_remote_site, make_site, remote_name, speakers
from generator.steady import unpacked
from generator.templating import Templates
from generator.writing import Artifact, digest_of, keys_digest, write_all

PARTS = ("site", "handbook", "bundle")


def count(knowledge: KnowledgeBase, parts: tuple[str, ...] = PARTS) -> int:
    """Return how many outputs `make` will yield."""
    each = {
        "site": len(knowledge.organisation.editions),
        "handbook": len(tuple(handbooks(knowledge))),
    }
    return sum(each.get(part, len(knowledge.sites)) for part in parts)


def make(
    knowledge: KnowledgeBase, parts: tuple[str, ...] = PARTS, key: PrivateKey | None = None
) -> Iterator[Made]:
    """Make the outputs that are asked for, one after the other, each as soon as it is wanted.

    Bundles are signed where there is a `key`.
    """
    if "site" in parts:
        yield from (make_site(knowledge, each) for each in knowledge.organisation.editions)
    if "handbook" in parts:
        yield from make_handbooks(knowledge)
    if "bundle" in parts:
        yield from make_bundles(knowledge, knowledge.sites, key)


def make_bundles(
    knowledge: KnowledgeBase, ids: Collection[str], key: PrivateKey | None = None
) -> Iterator[Made]:
    """Make the bundle of each remote site named, from its own site and its handbook."""
    for id in ids:
        made = make_remote_site(knowledge, knowledge.sites[id].record)
        yield made if made.findings else _make_bundle(knowledge, id, key)


def _make_bundle(knowledge: KnowledgeBase, id: str, key: PrivateKey | None) -> Made:
    settings, stamp = knowledge.settings, knowledge.history.stamp
    folder, cache = settings.build / "bundles" / id, settings.build / "cache"
    templates = Templates(settings.templates / "bundle", compiled(settings))
    digest = digest_of(
        tool_digest(),
        templates.digest,
        repr(stamp),
        knowledge.sites[id].source.digest,
        knowledge.organisation.model_dump_json(),
        key.public.id if key else "",
        keys_digest(cache / f"site-{remote_name(id)}.json"),
        keys_digest(cache / "handbooks.json"),
    )
    remote = knowledge.sites[id].record
    name = f"{id}-{stamp.version}{'' if key else '-unsigned'}.zip"
    artifact = Artifact(name, digest, partial(_bundle, knowledge, remote, templates, key))
    try:
        changed = write_all(folder, (artifact,), cache / f"bundle-{id}.json")
    except RefusedError as error:
        where = knowledge.sites[id].location(("id",))
        hint = "give what is called so another id, then: kb bundle"
        found = (Finding(where, "KB905", reason, hint) for reason in error.reasons)
        return Made(id, folder, 0, tuple(found))
    return Made(id, folder / name, len(changed.written))


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
    printed = {
        f"handbook-{language}.pdf": path
        for language in remote.languages
        if (path := settings.build / "handbooks" / f"{remote.id}-{language}.pdf").is_file()
    }
    says = speakers(settings, remote.languages)
    parts = [
        {
            "language": language,
            "say": says[language],
            "site_name": site_in_language(knowledge, remote.id, language).name,
            "handbook": name if (name := f"handbook-{language}.pdf") in printed else "",
        }
        for language in remote.languages
    ]
    stamp = knowledge.history.stamp
    values = {
        "site": remote,
        "names": organisation.name.model_dump(),
        "parts": parts,
        "version": stamp.version,
        "is_signed": key is not None,
    }
    trusted = tuple(map(read_public_key, organisation.trusted_keys))
    pages = {
        START: templates.render(START, values).encode(),
        # the zip packs it as small, and an update of it is a seventh of a packed one's
        **{name: unpacked(path.read_bytes()) for name, path in printed.items()},
        APPLIER: assemble(organisation.trusted_keys),
    }
    contents = Contents(
        site=remote.id,
        edition=remote.edition,
        stamp=stamp,
        files=files,
        pages=pages,
        keys=trusted,
        revoked=organisation.revoked_keys,
        valid_days=organisation.bundles_valid_days,
    )
    return pack(contents, key)
