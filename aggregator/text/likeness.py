"""How much two texts have in common, from sketches of a few hundred bytes.

In: a text. Out: its sketch, 64 numbers (MinHash) of all groups of three words in it;
and of two sketches the share of groups that both texts hold, to within some 0.06.
Sketches stay comparable for ever: the permutations come from a fixed seed.

rensa makes a sketch in 17 microseconds, 14 times faster than datasketch.
"""

import re
from collections.abc import Sequence
from struct import Struct

from rensa import RMinHash

SIZE = 64
SHINGLE = 3
# A text with fewer words says too little: two weather reports share most of theirs.
FEWEST_WORDS = 20

_PACKED = Struct(f">{SIZE}I")
PACKED_SIZE = _PACKED.size  # bytes
_SEED = 42
_WORD = re.compile(r"\w+")


def sketch(text: str) -> bytes | None:
    """Return the sketch of a text, None if it is too short to tell."""
    words = _WORD.findall(text.casefold())
    if len(words) < FEWEST_WORDS:
        return None
    made = RMinHash(num_perm=SIZE, seed=_SEED)
    made.update([" ".join(words[n : n + SHINGLE]) for n in range(len(words) - 2)])
    return _PACKED.pack(*made.digest())


def numbers(packed: bytes) -> tuple[int, ...]:
    """Return the numbers of a stored sketch; none of an empty one."""
    return _PACKED.unpack(packed) if packed else ()


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of numbers that two sketches have in common, 0 to 1."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / SIZE
