"""Figures as pictures in the Dagster UI."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pandas as pd
import plotly.graph_objects as go
import pytest

from ml.customers.plots import calibration_figure
from orchestration.pictures import embedded_figure

SVG = "{http://www.w3.org/2000/svg}"


def drawn(figure: go.Figure) -> ElementTree.Element:
    picture = re.search(r"base64,([^)]*)", embedded_figure(figure).value).group(1)
    return ElementTree.fromstring(base64.b64decode(picture))


def test_bars_are_as_long_as_their_values_and_lines_stand_where_they_belong():
    figure = go.Figure(go.Bar(y=["<near>", "far"], x=[80.0, 40.0], orientation="h", name="held"))
    figure.add_vline(x=60, line={"color": "red"}).update_layout(title="Coverage")

    page = drawn(figure)

    near, far = (float(bar.get("width")) for bar in page.iter(f"{SVG}rect") if bar.get("width") != "100%")
    assert near == 2.0 * far
    (line,) = page.iter(f"{SVG}line")
    bars = [bar for bar in page.iter(f"{SVG}rect") if bar.get("width") != "100%"]
    assert float(line.get("x1")) == float(bars[0].get("x")) + 0.75 * near
    assert "<near>" in [text.text for text in page.iter(f"{SVG}text")]


def test_what_is_stacked_stands_on_what_is_below_it():
    figure = go.Figure()
    for name, amount in (("chairs", 10.0), ("tables", 30.0)):
        figure.add_scatter(x=[1, 2], y=[amount, amount], name=name, stackgroup="parts")

    chairs, tables = (shape.get("points") for shape in drawn(figure).iter(f"{SVG}polygon"))

    assert tables.split()[2:] == chairs.split()[1::-1], "the floor of the upper is the top of the lower"
    heights = [
        float(shape.split()[-1].split(",")[1]) - float(shape.split()[0].split(",")[1]) for shape in (chairs, tables)
    ]
    assert heights[1] == pytest.approx(3.0 * heights[0], abs=0.2)


def test_a_stated_line_is_dashed_and_a_measured_one_is_not():
    figure = go.Figure()
    figure.add_scatter(x=[7, 14], y=[78.0, 82.0], name="measured")
    figure.add_scatter(x=[7, 14], y=[80.0, 80.0], name="stated", line={"dash": "dash"})

    lines = [line.get("stroke-dasharray") for line in drawn(figure).iter(f"{SVG}polyline")]

    assert lines == [None, "5 4"]


@pytest.mark.parametrize(("highest", "label"), [(0.6956, "0.70"), (2067.08, "2,067")])
def test_an_axis_of_rates_has_decimals_and_one_of_amounts_has_none(highest, label):
    figure = calibration_figure(pd.DataFrame({"forecast": [0.0, highest], "actual": [0.0, highest]}), "t", "unit")

    texts = [text.text for text in drawn(figure).iter(f"{SVG}text")]

    assert label in texts
