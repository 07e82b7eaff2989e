"""Pictures of scores, from frames."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

COLOUR, IDEAL = "#0b6e99", "#9aa5b1"


def calibration_figure(table: pd.DataFrame, title: str, unit: str) -> go.Figure:
    """Mean outcome over mean forecast, a point per tenth of customers, beside the line on which both are equal.

    ``table`` has ``forecast`` and ``actual``, in ``unit``.
    """
    highest = float(max(table["forecast"].max(), table["actual"].max(), 1e-9))
    figure = go.Figure()
    figure.add_scatter(x=[0.0, highest], y=[0.0, highest], name="as forecast", line={"color": IDEAL, "width": 1})
    figure.add_scatter(
        x=table["forecast"].tolist(),
        y=table["actual"],
        name="came true",
        mode="lines+markers",
        line={"color": COLOUR, "width": 2},
    )
    return _titled(figure, title, xaxis_title=f"forecast, {unit}", yaxis_title=f"outcome, {unit}")


def precision_recall_figure(curve: pd.DataFrame, base_rate: float, title: str) -> go.Figure:
    """Precision over recall (rates), beside the precision of a guess."""
    figure = go.Figure()
    figure.add_scatter(x=[0.0, 1.0], y=[base_rate, base_rate], name="guess", line={"color": IDEAL, "width": 1})
    figure.add_scatter(
        x=curve["recall"].tolist(), y=curve["precision"], name="published", line={"color": COLOUR, "width": 2}
    )
    return _titled(figure, title, xaxis_title="recall", yaxis_title="precision")


def _titled(figure: go.Figure, title: str, **axes: str) -> go.Figure:
    return figure.update_layout(
        title=title,
        template="plotly_white",
        legend={"orientation": "h", "y": -0.18},
        margin={"l": 60, "r": 20, "t": 60, "b": 40},
        yaxis_rangemode="tozero",
        **axes,
    )
