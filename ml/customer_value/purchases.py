"""How often a customer will buy, and whether they still do: BG/NBD, by maximum likelihood.

While a customer is alive they buy at a rate of their own, and after each purchase they may drop out for good. Rates
are gamma distributed over customers, chances to drop out beta distributed. Symbols are those of the papers.

References
----------
Fader, Hardie and Lee (2005), "Counting your customers" the easy way: an alternative to the Pareto/NBD model,
Marketing Science 24(2), equations 6 (likelihood) and 10 (conditional expectation).
Fader, Hardie and Lee (2008), Computing P(alive) using the BG/NBD model, note 021 of brucehardie.com.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1, psi
from sklearn.base import BaseEstimator

Counts: TypeAlias = ArrayLike
# parameters beyond these say no more than "all customers are alike"
LOG_LOW, LOG_HIGH = np.log(1e-4), np.log(1e5)


class BetaGeometricNBD(BaseEstimator):
    """BG/NBD: ``fit`` on how often and when customers bought, ``predict`` purchases to come, ``predict_alive``.

    A *history* is three arrays, a value per customer, times in one unit of any kind (weeks in the papers):
    ``frequency`` (x, days with a purchase after the first), ``recency`` (t_x, time from the first purchase to the last)
    and ``age`` (T, time from the first purchase until today).

    Attributes
    ----------
    r_, alpha_, a_, b_ : float
        Shape and rate (in the unit of time) of the gamma distribution of purchase rates; both parameters of the beta
        distribution of the chance to drop out.
    log_likelihood_ : float
        Of all customers together.
    """

    def fit(self, frequency: Counts, recency: ArrayLike, age: ArrayLike) -> BetaGeometricNBD:
        """Find the most likely parameters; raises ValueError where they cannot be found.

        Equal histories are one term of the likelihood, so that a million customers cost little more than a thousand.
        """
        x, t_x, t = _history(frequency, recency, age)
        if not (x > 0).any():
            raise ValueError("wanted customers who bought again; every frequency is 0")
        scale = max(float(t.max()), 1e-9) / 10.0  # the search is easiest near 1
        rows, counts = np.unique(np.column_stack([x, t_x / scale, t / scale]), axis=0, return_counts=True)

        def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
            parameters = np.exp(logs)
            values, slopes = _log_likelihood(*parameters, *rows.T)
            value, slope = -(values @ counts) / counts.sum(), -(slopes @ counts) / counts.sum()
            return (float(value), slope * parameters) if np.isfinite(value) else (1e10, np.zeros(4))

        starts = [np.log(start) for start in ((1.0, 1.0, 1.0, 1.0), (0.3, 0.5, 0.8, 2.5))]
        best = min(
            (
                minimize(
                    loss, start, jac=True, method="L-BFGS-B", bounds=[(LOG_LOW, LOG_HIGH)] * 4,
                    options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000, "maxcor": 20},
                )
                for start in starts
            ),
            key=lambda one: one.fun,
        )  # fmt: skip
        if not best.fun < 1e10:
            raise ValueError("no parameters of BG/NBD fit these histories")
        self.r_, self.alpha_, self.a_, self.b_ = map(float, np.exp(best.x))
        self.alpha_ *= scale
        # in the unit of the history: the density of x purchase times is per unit, to the power of x
        self.log_likelihood_ = float(_log_likelihood(self.r_, self.alpha_, self.a_, self.b_, x, t_x, t)[0].sum())
        return self

    def predict(self, frequency: Counts, recency: ArrayLike, age: ArrayLike, period: float) -> np.ndarray:
        """Expected purchases of each customer in the ``period`` that follows; shape (customers,)."""
        x, t_x, t = _history(frequency, recency, age)
        r, alpha, a, b = self.r_, self.alpha_, self.a_, self.b_
        # counts and ages are whole days, so that many customers share both
        (counts, of_count), (ages, of_age) = (np.unique(values, return_inverse=True) for values in (x, t))
        pairs, places = np.unique(of_count * len(ages) + of_age, return_inverse=True)
        x_, t_ = counts[pairs // len(ages)], ages[pairs % len(ages)]
        # equation 10; where a is 1 its limit is near enough
        a = a + 1e-9 if abs(a - 1.0) < 1e-9 else a
        z = period / (alpha + t_ + period)
        shrunk = ((alpha + t_) / (alpha + t_ + period)) ** (r + x_) * hyp2f1(r + x_, b + x_, a + b + x_ - 1.0, z)
        expected = (a + b + x_ - 1.0) / (a - 1.0) * (1.0 - shrunk)
        return np.maximum(expected, 0.0)[places] * self.predict_alive(x, t_x, t)

    def predict_alive(self, frequency: Counts, recency: ArrayLike, age: ArrayLike) -> np.ndarray:
        """The chance that each customer still is one; 1 for who bought once, as the model has it; shape
        (customers,)."""
        x, t_x, t = _history(frequency, recency, age)
        log_odds = (self.r_ + x) * (np.log(self.alpha_ + t) - np.log(self.alpha_ + t_x))
        log_odds += np.log(self.a_) - np.log(self.b_ + np.maximum(x, 1.0) - 1.0)
        return np.where(x > 0, 1.0 / (1.0 + np.exp(np.minimum(log_odds, 700.0))), 1.0)

    def predict_silence(self, frequency: Counts, recency: ArrayLike, age: ArrayLike, period: float) -> np.ndarray:
        """The chance of no purchase in the ``period`` that follows, dropped out or not; shape (customers,).

        Who is alive has a gamma distributed rate of shape r + x and rate alpha + T, so that the chance of none is
        ((alpha + T) / (alpha + T + period)) ** (r + x); dropping out takes a purchase first.
        """
        x, _, t = _history(frequency, recency, age)
        alive = self.predict_alive(frequency, recency, age)
        waiting = ((self.alpha_ + t) / (self.alpha_ + t + period)) ** (self.r_ + x)
        return 1.0 - alive + alive * waiting


def _log_likelihood(
    r: float, alpha: float, a: float, b: float, x: np.ndarray, t_x: np.ndarray, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of each customer, and its derivatives by r, alpha, a and b; shapes (customers,) and (4, customers)."""
    # counts are few: what depends on them alone is computed once for each
    n, places = np.unique(x, return_inverse=True)
    common = gammaln(r + n) - gammaln(r) + r * np.log(alpha) + betaln(a, b + n) - betaln(a, b)
    # B(a+1, b+x-1) / B(a, b+x) = a / (b+x-1)
    leaving = np.where(n > 0, np.log(a) - np.log(b + np.maximum(n, 1.0) - 1.0), -np.inf)
    log_t, log_t_x = np.log(alpha + t), np.log(alpha + t_x)
    alive, dropped = -(r + x) * log_t, leaving[places] - (r + x) * log_t_x
    together = np.logaddexp(alive, dropped)
    is_alive = np.exp(alive - together)
    has_dropped = 1.0 - is_alive
    slopes = np.array(
        [
            (psi(r + n) - psi(r) + np.log(alpha))[places] - is_alive * log_t - has_dropped * log_t_x,
            r / alpha - (r + x) * (is_alive / (alpha + t) + has_dropped / (alpha + t_x)),
            (psi(a + b) - psi(a + b + n))[places] + has_dropped / a,
            (psi(b + n) - psi(a + b + n) - psi(b) + psi(a + b))[places] - has_dropped / (b + np.maximum(x, 1.0) - 1.0),
        ]
    )
    return common[places] + together, slopes


def _history(frequency: Counts, recency: ArrayLike, age: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, t_x, t = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
    if not len(x) == len(t_x) == len(t) or not len(x):
        raise ValueError(f"wanted three arrays of one length, got {len(x)}, {len(t_x)} and {len(t)} values")
    if not ((x >= 0).all() and (t_x >= 0).all() and (t_x <= t).all()):
        raise ValueError("wanted frequency >= 0 and 0 <= recency <= age for every customer")
    return x, t_x, t
