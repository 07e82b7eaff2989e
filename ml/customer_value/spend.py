"""What a purchase of a customer brings: the Gamma-Gamma model, by maximum likelihood.

References
----------
Fader and Hardie (2013), The Gamma-Gamma model of monetary value, note 025 of brucehardie.com, equations 1a and 5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import gammaln, psi
from sklearn.base import BaseEstimator

LOG_LOW, LOG_HIGH = np.log(1e-3), np.log(1e4)


class GammaGamma(BaseEstimator):
    """Gamma-Gamma: mean amounts of customers, each drawn towards that of all by how few purchases they rest on.

    Attributes
    ----------
    p_, q_, v_ : float
        Shape of the amounts within a customer; shape and rate (in currency) of their rates over customers.
    """

    def fit(self, frequency: ArrayLike, mean_amount: ArrayLike) -> GammaGamma:
        """Find the most likely parameters from the purchases that each mean rests on, and the mean amounts.

        Raises ValueError where less than two customers have a purchase with an amount above 0.
        """
        x, m = np.asarray(frequency, dtype=float), np.asarray(mean_amount, dtype=float)
        is_known = (x > 0) & (m > 0)
        x, m = x[is_known], m[is_known]
        if len(x) < 2 or np.ptp(m) == 0.0:
            raise ValueError("wanted two customers or more with different amounts above 0")
        scale = float(np.mean(m))
        m = m / scale

        # purchases are counts, and few: what depends on them alone is computed once for each
        counts, places = np.unique(x, return_inverse=True)
        logs_of_m, total = np.log(m), m * x

        def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
            p, q, v = np.exp(logs)
            of_counts = gammaln(p * counts + q) - gammaln(p * counts) + p * counts * np.log(counts)
            spread = np.log(v + total)
            terms = (
                of_counts[places] - gammaln(q) + q * np.log(v)
                + (p * x - 1.0) * logs_of_m - (p * x + q) * spread
            )  # fmt: skip
            of_both = psi(p * counts + q)
            slopes = np.array(
                [
                    np.mean(x * ((of_both - psi(p * counts) + np.log(counts))[places] + logs_of_m - spread)),
                    np.mean(of_both[places] - psi(q) + np.log(v) - spread),
                    np.mean(q / v - (p * x + q) / (v + total)),
                ]
            )
            value = -float(np.mean(terms))
            return (value, -slopes * np.exp(logs)) if np.isfinite(value) else (1e10, np.zeros(3))

        found = minimize(
            loss, np.log([2.0, 3.0, 1.0]), jac=True, method="L-BFGS-B",
            bounds=[(LOG_LOW, LOG_HIGH), (np.log(1.01), LOG_HIGH), (LOG_LOW, LOG_HIGH)],
            options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000, "maxcor": 20},
        )  # fmt: skip
        self.p_, self.q_, self.v_ = map(float, np.exp(found.x))
        self.v_ *= scale
        return self

    def predict(self, frequency: ArrayLike, mean_amount: ArrayLike) -> np.ndarray:
        """Expected amount of a further purchase of each customer, in currency; of all together where x is 0."""
        x, m = np.asarray(frequency, dtype=float), np.asarray(mean_amount, dtype=float)
        x = np.where((x > 0) & (m > 0), x, 0.0)
        m = np.where(x > 0, m, 0.0)
        weight = self.p_ * x + self.q_ - 1.0
        return (self.q_ - 1.0) / weight * (self.p_ * self.v_ / (self.q_ - 1.0)) + self.p_ * x / weight * m
