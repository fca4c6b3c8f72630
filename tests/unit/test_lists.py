"""What the home page lists beside guides and issue types."""

from __future__ import annotations

from generator.editions import Edition, make_edition
from generator.knowledge import KnowledgeBase
from generator.lists import most_named, waiting
from generator.loading import load
from generator.views import rows_of
from tests.conftest import KbFrom

FOLDER = "kb/cases/printing"


def case(id: str, *more: str) -> str:
    """Return a case with some more fields."""
    told = f"id: {id}\ntitle: {id}\nissue_type: printing\nissue: {{symptoms: [s], asked_as: [a]}}\n"
    return told + "resolution: r\n" + "".join(f"{line}\n" for line in more)


def base(kb_from: KbFrom, **cases: str) -> KnowledgeBase:
    """Return a knowledge base of these cases."""
    files = {f"{FOLDER}/{name.replace('_', '-')}.yml": text for name, text in cases.items()}
    knowledge = load(kb_from(files)).knowledge
    assert knowledge is not None
    return knowledge


def edition(knowledge: KnowledgeBase, number: int) -> Edition:
    """Return the public (0) or the internal (1) edition."""
    return make_edition(knowledge, knowledge.organisation.editions[number], "zh")


def test_what_waits_for_review(kb_from: KbFrom) -> None:
    """Overdue records, the longest overdue first, then what nobody validated; only inside."""
    valid = ("audience: public", "confidence: validated", "verified_on: 2026-01-01")
    knowledge = base(
        kb_from,
        PRN_0001=case("PRN-0001", *valid, "review_by: 2026-11-21"),
        PRN_0002=case("PRN-0002", *valid, "review_by: 2026-06-01"),
        PRN_0003=case("PRN-0003", *valid, "review_by: 2026-11-22"),
        PRN_0004=case("PRN-0004", "confidence: wip"),
        PRN_0005=case("PRN-0005", "confidence: not_validated", "review_by: 2026-10-01"),
        PRN_0006=case("PRN-0006", "confidence: archived", "review_by: 2026-10-01"),
    )
    inside, outside = edition(knowledge, 1), edition(knowledge, 0)
    found = waiting(inside, tuple(rows_of(inside).values()))
    assert [each.id for each in found.overdue] == ["PRN-0002", "PRN-0005", "PRN-0001"]
    assert [each.id for each in found.unproven] == ["PRN-0004"]
    assert found.count == 4
    assert waiting(outside, tuple(rows_of(outside).values())).count == 0


def test_most_named_counts_what_readers_see(kb_from: KbFrom) -> None:
    """Records that several others name, most first; a mention in a hidden field does not count."""
    public = ("audience: public", "confidence: not_validated")
    knowledge = base(
        kb_from,
        PRN_0001=case("PRN-0001", *public),
        PRN_0002=case("PRN-0002", *public, "related: [PRN-0001]", "cause: see [[PRN-0003]]"),
        PRN_0003=case("PRN-0003", *public, "workaround: or [[PRN-0001]]"),
        PRN_0004=case("PRN-0004", *public, "cause: see [[PRN-0003]]"),
    )

    def named(number: int, limit: int = 9) -> list[str]:
        seen = edition(knowledge, number)
        return [each.id for each in most_named(seen, tuple(rows_of(seen).values()), limit)]

    assert named(1) == ["PRN-0001", "PRN-0003"]
    assert named(1, 1) == ["PRN-0001"]
    assert named(0) == ["PRN-0001"]
