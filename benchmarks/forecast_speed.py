"""What forecasting costs, by the number of products: the weekly training, and the daily prediction with kept models.

    python -m benchmarks.forecast_speed [--products 100 300 1000]

Every store of the warehouse, with all its categories and countries, without reading and writing of tables. Peak
memory is that of this process, its helpers and the server together.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.meters import MemoryWatch
from ml.forecasting import keeping
from ml.forecasting.panels import SERIES_LIMIT, Level
from ml.forecasting.predicting import predict
from ml.forecasting.run import STORES, read_store
from ml.forecasting.store import Store
from ml.forecasting.training import train
from warehouse import Warehouse, run_command

HORIZON_DAYS = 90


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, nargs="+", default=[100, 300, SERIES_LIMIT])
    options = parser.parse_args()
    warehouse = Warehouse.open()
    rows = warehouse.read(STORES).to_dict("records")
    stores = [store for row in rows if len((store := read_store(warehouse, row, None)).history) >= HORIZON_DAYS]
    print(
        f"{len(stores)} stores, {HORIZON_DAYS} days ahead, seconds\n"
        f"{'products':>9}{'training':>10}{'prediction':>12}{'peak GB':>9}"
    )
    trained, predicted = [], []
    for count in options.products:
        small = [fewer(store, count) for store in stores]
        with MemoryWatch(warehouse.settings) as memory, tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            for store in small:
                training, _ = train(store, store.history.index[-1], HORIZON_DAYS)
                keeping.save(training, Path(folder) / store.store_id, {})
            trained.append(time.perf_counter() - started)
            started = time.perf_counter()
            for store in small:
                kept, _ = keeping.load(Path(folder) / store.store_id)
                predict(store, kept, store.history.index[-1])
            predicted.append(time.perf_counter() - started)
            peak_gb = memory.take_peak_gb()
        print(f"{count:>9,}{trained[-1]:>10.1f}{predicted[-1]:>12.1f}{peak_gb:>9.1f}")
    if len(options.products) > 1:
        sizes = np.log(options.products)
        exponents = [np.polyfit(sizes, np.log(seconds), 1)[0] for seconds in (trained, predicted)]
        print(f"growth with the number of products: training {exponents[0]:.2f}, prediction {exponents[1]:.2f}")


def fewer(store: Store, count: int) -> Store:
    """The store with so many of its best-selling products."""
    level = store.levels["product"]
    best = level.panel.sum().nlargest(count).index
    return replace(store, levels={**store.levels, "product": Level("product", level.panel[best], level.parents[best])})


if __name__ == "__main__":
    sys.exit(run_command(main))
