"""`python -m generator` is `kb`."""

from generator.cli import run

run()
