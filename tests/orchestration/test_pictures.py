"""Pictures in the Dagster UI say what their axes reach to."""

from __future__ import annotations

import base64

import pandas as pd
import pytest

from ml.customers.plots import calibration_figure
from orchestration.pictures import embedded_figure


@pytest.mark.parametrize(("highest", "label"), [(0.6956, ">0.70<"), (2067.08, ">2,067<")])
def test_an_axis_of_rates_has_decimals_and_one_of_amounts_has_none(highest, label):
    figure = calibration_figure(pd.DataFrame({"forecast": [0.0, highest], "actual": [0.0, highest]}), "t", "unit")

    picture = base64.b64decode(embedded_figure(figure).value.partition("base64,")[2].rstrip(")")).decode()

    assert label in picture
