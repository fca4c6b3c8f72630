"""Parts: any order, every fault named."""

from __future__ import annotations

import json
import random

import pytest

from generator.bundles.parts import join, split
from generator.bundles.refusals import RefusedError
from tests.bundles.sample import FILES, signed

SIZE = 1100
LARGE = FILES | {"a.bin": random.Random(3).randbytes(9000)}


def cut(content: bytes | None = None, name: str = "quay.zip") -> dict[str, bytes]:
    """Return a bundle's parts by their names."""
    return dict(split(name, signed(LARGE) if content is None else content, SIZE))


def test_joined_in_any_order() -> None:
    """Parts of at most the size give the file again, shuffled, renamed and some of them twice."""
    parts = list(cut().values())
    assert len(parts) > 10 and all(len(part) <= SIZE for part in parts)
    parts += parts[:3]
    random.Random(1).shuffle(parts)
    assert join({f"part ({n})": part for n, part in enumerate(parts)}) == (
        "quay.zip",
        signed(LARGE),
    )


def test_an_empty_file_is_one_part() -> None:
    """Even nothing can be sent."""
    assert join(cut(b"")) == ("quay.zip", b"")


def test_every_fault_is_named() -> None:
    """What is missing, damaged, no part or another file's is told in one go."""
    parts = cut()
    names = list(parts)
    del parts[names[3]]
    parts[names[5]] = parts[names[5]][:-1]
    parts["holiday.jpg"] = b"\xff\xd8"
    parts["other"] = next(iter(cut(name="mill.zip").values()))
    with pytest.raises(RefusedError) as refused:
        join(parts)
    said = "\n".join(refused.value.reasons)
    assert "missing: 4, 6" in said and "ask for part 6 again" in said
    assert '"holiday.jpg" is no part' in said and "mill.zip" in said


def test_no_changed_byte_is_taken() -> None:
    """A part with one byte changed, in its first line or behind it, never gives another file."""
    chance, whole = random.Random(2), cut()
    for _ in range(300):
        name = chance.choice(list(whole))
        part = bytearray(whole[name])
        part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
        with pytest.raises(RefusedError):
            join(whole | {name: bytes(part)})


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", "NUL", "C:x"])
def test_a_part_names_no_path(name: str) -> None:
    """The name in a part is a plain file's."""
    (part,) = cut(b"x").values()
    head, _, piece = part.partition(b"\n")
    said = json.loads(head) | {"name": name}
    with pytest.raises(RefusedError, match="no part"):
        join({"a": json.dumps(said).encode() + b"\n" + piece})


def test_parts_that_are_too_small() -> None:
    """Parts smaller than their first line, or more than can be counted, are not made."""
    with pytest.raises(RefusedError, match="at least"):
        list(split("a", b"x", 10))
    with pytest.raises(RefusedError, match="parts"):
        list(split("a", bytes(10_000_000), 1024))
