"""High, medium or low: from which chance on it pays to do something.

What is stated: a mail costs 1 % of a mean purchase and brings back 4 % of those who would have stayed away, a
voucher costs
10 % and brings back 20 %; who comes back buys once for a mean amount. These are assumptions to replace by what a test
in the shop has shown; the thresholds follow from them and from what became of customers in the past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GRID = np.arange(0.02, 1.0, 0.01)


@dataclass(frozen=True)
class Action:
    """What it costs, and whom it brings back; both by mean purchase and lost customer."""

    cost_rate: float
    success_rate: float

    def value(self, chance: np.ndarray, churned: np.ndarray, threshold: float) -> float:
        """What it brings in mean purchases, done to all from a chance on."""
        reached = churned[chance >= threshold]
        return float((self.success_rate * reached - self.cost_rate).sum())


MAIL = Action(cost_rate=0.01, success_rate=0.04)
VOUCHER = Action(cost_rate=0.10, success_rate=0.20)


@dataclass(frozen=True)
class RiskThresholds:
    """From which chance on the risk is medium (a mail pays) and high (a voucher pays better than the mail)."""

    medium: float
    high: float

    def classify(self, chance: np.ndarray) -> np.ndarray:
        """The words "low", "medium" or "high", one per chance."""
        return np.where(chance >= self.high, "high", np.where(chance >= self.medium, "medium", "low"))


def choose_thresholds(chance: np.ndarray | None = None, churned: np.ndarray | None = None) -> RiskThresholds:
    """The thresholds that would have brought most, by past chances and what became of them (1.0 stayed away).

    Without a past they are those that are right for chances that hold what they say. Equal values: the lower one.
    """
    more = Action(VOUCHER.cost_rate - MAIL.cost_rate, VOUCHER.success_rate - MAIL.success_rate)
    if chance is None or not len(chance):
        return RiskThresholds(MAIL.cost_rate / MAIL.success_rate, more.cost_rate / more.success_rate)
    medium = GRID[np.argmax([MAIL.value(chance, churned, threshold) for threshold in GRID])]
    high = GRID[np.argmax([more.value(chance, churned, threshold) for threshold in GRID])]
    return RiskThresholds(float(round(medium, 2)), float(round(max(medium, high), 2)))
