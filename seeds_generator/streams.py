"""Randomness by name: each subject and month draws from a stream of its own, or each thing has a number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

# the odd constants of SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX = ((30, np.uint64(0xBF58476D1CE4E5B9)), (27, np.uint64(0x94D049BB133111EB)))


@dataclass(frozen=True)
class Streams:
    """Independent random streams of one shop, children of one seed.

    A stream is known by its subject and month, never by how often others were used. So a new subject changes
    no other one, months can be made in any order, and a longer month starts like the shorter one.
    """

    seed: int
    store_id: str

    def of(self, subject: str, month: int = 0) -> np.random.Generator:
        """The stream of a subject, from its beginning; ``month`` counts months since year 0."""
        return np.random.Generator(np.random.PCG64(self._sequence(subject, month)))

    def at(self, subject: str, *numbers: np.ndarray | int) -> np.ndarray:
        """A uniform number in [0, 1) for each thing of a subject, known by whole numbers that broadcast.

        What is drawn for a thing depends on nothing but its numbers: no other thing need be drawn for it.
        """
        state = self._sequence(subject, 0).generate_state(1, np.uint64)
        for number in numbers:
            state = _mixed(state + (np.atleast_1d(number).astype(np.uint64) + np.uint64(1)) * GOLDEN)
        return (state >> np.uint64(11)) * 2.0**-53

    def _sequence(self, subject: str, month: int) -> np.random.SeedSequence:
        key = (crc32(self.store_id.encode()), crc32(subject.encode()), month)
        return np.random.SeedSequence(self.seed, spawn_key=key)


def _mixed(state: np.ndarray) -> np.ndarray:
    """Every bit of the result depends on every bit of the state."""
    for shift, factor in MIX:
        state ^= state >> np.uint64(shift)
        state *= factor
    state ^= state >> np.uint64(31)
    return state


def choose(weights: tuple[float, ...] | np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Positions drawn with these weights, one per uniform number in [0, 1); shape of ``uniforms``, int64."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1], uniforms, side="right").clip(max=len(edges) - 1)
