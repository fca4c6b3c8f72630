"""Where readers turn to: hours in words, in four languages, and as figures for the script."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from generator.desks import DeskView, desk_views
from generator.model import Desk, EditionProfile

WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NAMES = {"zh": "服务台", "en": "Service desk", "de": "Service-Desk", "th": "ศูนย์บริการ"}


def desk(*hours: dict[str, Any], **others: Any) -> Desk:
    """Return a desk with these hours."""
    told = {"address": "mailto:desk@help.example", "time_zone": "Europe/Berlin"}
    return Desk.model_validate({"names": NAMES, "hours": hours, **told, **others})


def view(made: Desk, language: str = "en") -> DeskView:
    """Return the view of one desk; the words stay English."""
    names = dict.fromkeys(("zh", "en", "de", "th"), "Public")
    profile = EditionProfile.model_validate({
        "id": "public", "audience": "public", "names": names, "desks": (made,)
    })  # fmt: skip
    (found,) = desk_views(profile, language, lambda text: text)
    return found


def test_an_edition_without_desks_has_none() -> None:
    """Readers who are given no desk see none."""
    names = dict.fromkeys(("zh", "en", "de", "th"), "Internal")
    data = {"id": "internal", "audience": "internal", "names": names}
    assert desk_views(EditionProfile.model_validate(data), "zh", str) == ()


def test_days_that_follow_each_other_are_a_span() -> None:
    """Three days in a row are said as a span, two and one by their names."""
    opening = {"days": ["wed", "mon", "tue", "fri", "sat"], "opens": "08:00", "closes": "16:30"}
    found = view(desk(opening))
    assert found.hours == (("Monday to Wednesday, Friday, Saturday", "08:00–16:30"),)
    assert found.zone_name == "Central European Time"
    assert json.loads(found.openings)[0] == [0, "08:00", "16:30"]
    assert view(desk(opening), "zh").hours[0][0] == "周一 to 周三、周五、周六"
    assert view(desk(opening), "th").zone_name == "เวลายุโรปกลาง"


def test_always_open() -> None:
    """Every day from midnight to midnight is said so."""
    always = {"days": WEEK, "opens": "00:00", "closes": "24:00"}
    assert view(desk(always)).hours == (("Every day", "around the clock"),)


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("mailto:desk@help.example", "desk@help.example"),
        ("https://help.example/chat/", "help.example/chat"),
        ("tel:+49-30-0000000", "+49-30-0000000"),
    ],
)
def test_an_address_is_said_without_its_scheme(address: str, label: str) -> None:
    """What a reader sees is what would be read out."""
    opening = {"days": ["mon"], "opens": "08:00", "closes": "16:30"}
    assert view(desk(opening, address=address)).label == label


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "javascript:alert(1)"},
        {"address": "mailto:a@b.example?bcc=c@d.example"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": ""},
    ],
)
def test_what_leads_nowhere_is_refused(wrong: dict[str, str]) -> None:
    """Only addresses and zones that exist are taken."""
    with pytest.raises(ValidationError):
        desk({"days": ["mon"], "opens": "08:00", "closes": "16:30"}, **wrong)


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("8:00", "16:00"), ("08:00", "24:30"), ("08:00", "08:00"), ("25:00", "26:00")],
)
def test_hours_are_hours(opens: str, closes: str) -> None:
    """A clock has 24 hours, and a desk closes after it opens."""
    with pytest.raises(ValidationError):
        desk({"days": ["mon"], "opens": opens, "closes": closes})
