"""Verification, review and dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from generator.findings import Finding
from generator.knowledge import KnowledgeBase
from generator.model import Confidence, Record


def verified(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB401: a validated record says when it was verified."""
    for filed in knowledge.records.values():
        record = filed.record
        if record.confidence is Confidence.VALIDATED and record.verified_on is None:
            hint = "go through it and add verified_on, or set confidence to not_validated"
            where = filed.location(("confidence",))
            yield Finding(where, "KB401", "validated, but without verified_on", hint)


def days_overdue(record: Record, today: date) -> int:
    """Return how many days ago a record was to be gone through again; 0 where it is not due."""
    if record.review_by is None or record.confidence is Confidence.ARCHIVED:
        return 0
    return max((today - record.review_by).days, 0)


def review_due(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB402: the review date has not passed."""
    for filed in knowledge.records.values():
        record = filed.record
        late = days_overdue(record, knowledge.settings.today)
        if late:
            message = f"review is {late} days overdue (review_by {record.review_by})"
            hint = "try the steps, then move review_by forward, or set confidence to archived"
            yield Finding(filed.location(("review_by",)), "KB402", message, hint)


def dates_fit(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """KB408: verification is not in the future, review comes after it."""
    today = knowledge.settings.today
    for filed in knowledge.records.values():
        verified_on, review_by = filed.record.verified_on, filed.record.review_by
        if verified_on is not None and verified_on > today:
            message = f"verified_on {verified_on} lies in the future"
            hint = "write the day it was really gone through"
            yield Finding(filed.location(("verified_on",)), "KB408", message, hint)
        elif verified_on is not None and review_by is not None and review_by <= verified_on:
            message = f"review_by {review_by} is not after verified_on {verified_on}"
            yield Finding(filed.location(("review_by",)), "KB408", message, "move it forward")


ON_KNOWLEDGE = (verified, review_due, dates_fit)
