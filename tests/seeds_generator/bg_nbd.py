"""The BG/NBD model fitted by maximum likelihood, to see whether a shop gives back the parameters that made it."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln


def fit(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> dict[str, float]:
    """r, alpha, a and b of repeat orders, time of the last one and time under observation, all since the first order.

    Fader, Hardie and Lee, Counting Your Customers the Easy Way, Marketing Science 24, 2005, equation 6.
    """
    has_repeated = frequency > 0
    scale = age.mean()
    recency, age = recency / scale, age / scale

    def loss(logarithms: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logarithms)
        common = gammaln(r + frequency) - gammaln(r) + r * np.log(alpha)
        stays = betaln(a, b + frequency) - betaln(a, b) - (r + frequency) * np.log(alpha + age)
        leaves = betaln(a + 1, b + np.maximum(frequency, 1) - 1) - betaln(a, b)
        leaves = np.where(has_repeated, leaves - (r + frequency) * np.log(alpha + recency), -np.inf)
        return -(common + np.logaddexp(stays, leaves)).mean()

    found = minimize(
        loss, np.log([1.0, 1.0, 1.0, 5.0]), method="Nelder-Mead", options={"maxiter": 4_000, "fatol": 1e-10}
    )
    r, alpha, a, b = np.exp(found.x)
    return {"r": r, "alpha": alpha * scale, "a": a, "b": b}
