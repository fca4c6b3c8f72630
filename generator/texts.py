"""The words of the interface in every language: English in templates, others from `.po` files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

Say = Callable[[str], str]
LOCALES = {"zh": "zh_CN", "en": "en_GB", "de": "de_DE", "th": "th_TH"}


class MissingTextError(KeyError):
    """An interface text that a catalogue does not have: our own mistake."""


def read_catalogue(folder: Path, language: str) -> Mapping[str, str]:
    """Return interface text → text in `language` from `folder/<language>.po`.

    The English one holds only what is not English already: the names of fixed words.
    """
    with (folder / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=LOCALES[language])
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def speaker(folder: Path, language: str) -> Say:
    """Return a function from an English interface text to the same in `language`.

    Raises `MissingTextError` for a text that the catalogue does not have.
    """
    catalogue = read_catalogue(folder, language)

    def say(text: str) -> str:
        found = catalogue.get(text)
        if not found and language == "en":
            return text
        if not found:
            raise MissingTextError(f'templates/locale/{language}.po has no "{text}"')
        return found

    return say


@cache
def say_date(day: date, language: str) -> str:
    """Return a day as its readers write it; years are the common era's, also in Thai."""
    return str(format_date(day, "medium", locale=LOCALES[language]))


def say_number(number: int | float, language: str) -> str:
    """Return a number as its readers write it: 12,345 or 12.345; at most three decimals."""
    return str(format_decimal(number, locale=LOCALES[language]))
