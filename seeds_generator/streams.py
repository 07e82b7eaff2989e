"""Randomness by name: each subject and month draws from a stream of its own."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np


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
        key = (crc32(self.store_id.encode()), crc32(subject.encode()), month)
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))


def choose(weights: tuple[float, ...] | np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Positions drawn with these weights, one per uniform number in [0, 1); shape of ``uniforms``, int64."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1], uniforms, side="right").clip(max=len(edges) - 1)
