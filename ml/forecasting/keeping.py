"""Trainings on disk: the estimators by skops, which runs no code on loading, and beside them a manifest in JSON."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import skops.io

from ml.forecasting.judgement import PartBands
from ml.forecasting.training import Training
from warehouse import HOME

FOLDER = HOME / "forecast_models"  # one per store
LIBRARIES = ("holidays", "numpy", "pandas", "scikit-learn", "scipy", "skops", "statsforecast")
MANIFEST, ESTIMATORS = "manifest.json", "estimators.skops"
# of scikit-learn's own, and nothing else: what a file may hold beside numbers
TRUSTED_PREFIXES = ("sklearn.", "numpy.")


def libraries() -> dict[str, str]:
    """The versions of the libraries that a training depends on."""
    return {name: version(name) for name in LIBRARIES}


def save(training: Training, folder: Path, facts: dict) -> None:
    """Write a training into a folder of its own, whole or not at all; ``facts`` go into its manifest as they are."""
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    skops.io.dump(training.estimators, beside / ESTIMATORS)
    manifest = facts | {
        "cutoff_date": f"{training.cutoff:%Y-%m-%d}",
        "horizon_days": training.horizon_days,
        "libraries": libraries(),
        "features": {
            name: list(estimator.feature_names_in_)
            for name, estimator in training.estimators.items()
            if hasattr(estimator, "feature_names_in_")
        },
        "champions": training.champions,
        "longest_lead_days": training.longest_lead,
        "log_errors": json.loads(training.errors.to_json(orient="split", date_format="iso", double_precision=15)),
        "half_widths": [[model, days, _listed(widths)] for (model, days), widths in training.widths.items()],
        "part_half_widths": [
            [level, days, _listed(factors)]
            for level, bands in training.part_bands.items()
            for days, factors in bands.factors.items()
        ],
    }
    (beside / MANIFEST).write_text(json.dumps(manifest, indent=1))
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load(folder: Path) -> tuple[Training, dict] | None:
    """A kept training and its manifest; None where there is none that can be used.

    A file that is damaged, was written by other versions of the libraries, or holds other types than scikit-learn's and
    numpy's, is not used.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        if manifest["libraries"] != libraries():
            return None
        types = skops.io.get_untrusted_types(file=folder / ESTIMATORS)
        if not all(name.startswith(TRUSTED_PREFIXES) for name in types):
            return None
        estimators = skops.io.load(folder / ESTIMATORS, trusted=types)
        bands: dict[str, dict[int, np.ndarray]] = {}
        for level, days, factors in manifest["part_half_widths"]:
            bands.setdefault(level, {})[days] = np.array(factors, dtype=float)
        training = Training(
            cutoff=pd.Timestamp(manifest["cutoff_date"]),
            horizon_days=manifest["horizon_days"],
            errors=pd.DataFrame(
                manifest["log_errors"]["data"],
                columns=manifest["log_errors"]["columns"],
                index=pd.DatetimeIndex(manifest["log_errors"]["index"]),
                dtype=float,
            ),
            champions=manifest["champions"],
            widths={(model, days): np.array(widths, dtype=float) for model, days, widths in manifest["half_widths"]},
            part_bands={level: PartBands(factors) for level, factors in bands.items()},
            longest_lead=manifest["longest_lead_days"],
            estimators=estimators,
        )
    except Exception:  # a damaged file of any kind: the model is fitted again
        return None
    return training, manifest


def _listed(numbers: np.ndarray) -> list:
    return [[None if np.isnan(number) else float(number) for number in row] for row in numbers]
