"""A record and mirrored texts to the record in another language."""

from __future__ import annotations

from generator.model import Case, Guide
from generator.translations import text_digest, translate

CASE = Case.model_validate(
    {
        "id": "PRN-0001",
        "title": "标题",
        "issue_type": "printing",
        "issue": {"symptoms": ["一", "二"], "error_codes": ["0x1"]},
        "handling": {
            "L1": {
                "tools": ["nmap"],
                "steps": [{"action": "做", "command": {"shell": "cmd", "run": "dir"}}],
            }
        },
        "verification": ["好了"],
    }
)
FULL = {
    "title": "Title",
    "issue": {"symptoms": ["one", "two"]},
    "handling": {"L1": {"steps": [{"action": "do"}]}},
    "verification": ["done"],
}


def test_whole_translation() -> None:
    """Texts are the translation's, everything else is the source's, nothing is missing."""
    translated = translate(CASE, FULL)
    assert (translated.missing, translated.misfits) == (frozenset(), ())
    assert translated.record.title == "Title"
    assert translated.record.issue.symptoms == ("one", "two")
    assert translated.record.issue.error_codes == ("0x1",)
    assert translated.record.handling.L1 is not None and CASE.handling.L1 is not None
    assert translated.record.handling.L1.steps[0].action == "do"
    assert translated.record.handling.L1.steps[0].command == CASE.handling.L1.steps[0].command


def test_what_is_missing_is_the_sources() -> None:
    """A text that is not there, empty or blank is the source's, and is named."""
    for gap in (None, "", "  "):
        translated = translate(CASE, {**FULL, "title": gap})
        assert translated.record.title == "标题"
        assert translated.missing == {("title",)}
        assert translated.misfits == ()


def test_nothing_translated() -> None:
    """Of an empty translation every text is missing and none is wrong."""
    translated = translate(CASE, {})
    assert translated.record == CASE
    assert len(translated.missing) == 5


def test_misfits_name_their_place() -> None:
    """What mirrors nothing is told with its trail: other fields, other kinds, other lengths."""
    wrong = {
        "title": ["Title"],
        "issue": {"symptoms": ["one"], "error_codes": ["0x2"]},
        "handling": "x",
        "verification": "done",
        "cause": "there is none",
    }
    trails = {misfit.trail for misfit in translate(CASE, wrong).misfits}
    assert trails == {
        ("title",),
        ("issue", "symptoms"),
        ("issue", "error_codes"),
        ("handling",),
        ("verification",),
        ("cause",),
    }


def test_callers_words_are_each_languages_own() -> None:
    """A translation may have more of them than its source, or fewer; left out, the source's."""
    issue = {"symptoms": ["one", "two"]}
    for own in (("a", "b", "c"), ()):
        source = CASE.model_copy(update={"issue": CASE.issue.model_copy(update={"asked_as": own})})
        for said, wanted in ((["c"], ("c",)), (["c", "", "d "], ("c", "d"))):
            translated = translate(source, {**FULL, "issue": {**issue, "asked_as": said}})
            assert (translated.missing, translated.misfits) == (frozenset(), ())
            assert translated.record.issue.asked_as == wanted
    source = CASE.model_copy(update={"issue": CASE.issue.model_copy(update={"asked_as": ("a",)})})
    for said in ([], None, [""]):
        translated = translate(source, {**FULL, "issue": {**issue, "asked_as": said}})
        assert translated.record.issue.asked_as == ("a",)
        assert translated.missing == {("issue", "asked_as", 0)}


def test_nodes_of_a_guide_by_name() -> None:
    """A guide's nodes are translated by their names; a name the source has not is told."""
    guide = Guide.model_validate(
        {
            "id": "GD-0001",
            "title": "t",
            "issue_type": "printing",
            "start": "a",
            "nodes": {
                "a": {
                    "kind": "question",
                    "text": "问",
                    "answers": [{"text": "是", "next": "b"}, {"text": "否", "next": "b"}],
                },
                "b": {"kind": "guidance", "text": "做"},
            },
        }
    )
    nodes = {"a": {"text": "ask", "answers": [{"text": "yes"}, {"text": "no"}]}, "z": {"text": "x"}}
    translated = translate(guide, {"title": "T", "nodes": nodes})
    assert [misfit.trail for misfit in translated.misfits] == [("nodes", "z")]
    assert translated.missing == {("nodes", "b", "text")}


def test_digest_follows_texts_only() -> None:
    """The digest changes with a text or its place, and with nothing else."""
    base = text_digest(CASE)
    assert text_digest(CASE.model_copy(update={"id": "PRN-0002", "priority": "P1"})) == base
    assert text_digest(CASE.model_copy(update={"title": "标 题"})) != base
    assert text_digest(CASE.model_copy(update={"resolution": "好了", "verification": ()})) != base
