"""All records together: ids, references, backlinks, translations."""

from __future__ import annotations

from itertools import pairwise

from generator.knowledge import KnowledgeBase, is_as_wide, references
from generator.loading import load
from generator.model import Audience
from generator.settings import Settings
from tests.conftest import KbFrom

P = "kb/cases/printing/"


def case(id: str, more: str = "") -> str:
    """Return a small case that passes."""
    return (
        f"id: {id}\ntitle: 标题\nissue_type: printing\nresolution: 好了\n"
        f"issue: {{symptoms: [一], asked_as: [二]}}\n{more}"
    )


def knowledge(settings: Settings) -> KnowledgeBase:
    """Return a knowledge base that has to be there."""
    found = load(settings).knowledge
    assert found is not None
    return found


def codes(settings: Settings) -> list[tuple[str, str]]:
    """Return (file, code) of every finding."""
    found = load(settings).findings
    return [(each.location.path.rsplit("/", 1)[-1], each.code) for each in found]


def test_references_and_backlinks(kb_from: KbFrom) -> None:
    """A record names others in fields and texts; each of those knows who names it."""
    settings = kb_from(
        {
            f"{P}PRN-0001.yml": case("PRN-0001", "related: [PRN-0002]\ncause: 见 [[PRN-0003]]\n"),
            f"{P}PRN-0002.yml": case("PRN-0002", "supersedes: [PRN-0003]\n"),
            f"{P}PRN-0003.yml": case("PRN-0003"),
        }
    )
    base = knowledge(settings)
    named = {(each.trail[0], each.target) for each in references(base.records["PRN-0001"].record)}
    assert named == {("related", "PRN-0002"), ("cause", "PRN-0003")}
    assert base.backlinks == {"PRN-0002": ("PRN-0001",), "PRN-0003": ("PRN-0001", "PRN-0002")}


def test_one_fault_is_told_once(kb_from: KbFrom) -> None:
    """A record with a fault is told; those that name or translate it are not blamed for it."""
    settings = kb_from(
        {
            f"{P}PRN-0001.yml": case("PRN-0001", "related: [PRN-0002, PRN-0003, PRN-0004]\n"),
            f"{P}PRN-0002.yml": case("PRN-0002", "nonsense: x\n"),
            f"{P}PRN-0002.en.yml": "source_digest: x\ntitle: Title\n",
            f"{P}PRN-0003.yml": b"\xff",
            f"{P}PRN-0009.yml": case("PRN-0004"),
        }
    )
    assert codes(settings) == [
        ("PRN-0002.yml", "KB203"),
        ("PRN-0003.yml", "KB101"),
        ("PRN-0009.yml", "KB302"),
    ]


def test_a_broken_vocabulary_is_told_once(kb_from: KbFrom) -> None:
    """While a vocabulary has a fault, the words of records are not held against it."""
    settings = kb_from(
        {
            f"{P}PRN-0001.yml": case("PRN-0001", "environment: {products: [windows-11]}\n"),
            "kb/vocabulary/products.yml": "- {id: windows-11}\n",
        }
    )
    assert codes(settings) == [("products.yml", "KB201"), ("products.yml", "KB201")]


def test_two_translations_to_one_language(kb_from: KbFrom) -> None:
    """A second translation to the same language is told and not taken in silence."""
    settings = kb_from(
        {
            f"{P}PRN-0001.yml": case("PRN-0001"),
            f"{P}PRN-0001.en.yml": "source_digest: x\ntitle: A\n",
            f"{P}PRN-0001.en.yaml": "source_digest: x\ntitle: B\n",
        }
    )
    assert ("PRN-0001.en.yml", "KB301") in codes(settings)


def test_stale_follows_texts(kb_from: KbFrom) -> None:
    """A translation is stale when a text of its source changed, not when anything else did."""
    settings = kb_from(
        {f"{P}PRN-0001.yml": case("PRN-0001"), f"{P}PRN-0001.en.yml": "source_digest: x\n"}
    )
    base = knowledge(settings)
    assert base.is_stale(base.translations["PRN-0001", "en"])


def test_without_settings_there_is_no_knowledge(kb_from: KbFrom) -> None:
    """A kb/ without settings is told as an error, never as "no findings"."""
    settings = kb_from({f"{P}PRN-0001.yml": case("PRN-0001")})
    (settings.kb / "settings.yml").unlink()
    loaded = load(settings)
    assert loaded.knowledge is None and loaded.has_errors
    assert [each.code for each in loaded.findings] == ["KB201"]


def test_audiences_from_wide_to_narrow() -> None:
    """Public is the widest audience and domain the narrowest."""
    order = list(Audience)
    assert not any(is_as_wide(b, a) for a, b in pairwise(order))
    assert is_as_wide(Audience.PUBLIC, Audience.PUBLIC)
