"""Pictures beside the assets in the Dagster UI.

The UI shows Markdown with images but no Plotly; Plotly's own export to images needs a browser. So the lines and bands
of a figure are drawn as an SVG, which goes into the metadata as it is.
"""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

import dagster as dg
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import plotly.graph_objects as go

WIDTH, HEIGHT, MARGIN = 900, 320, 60
COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2")


def embedded_figure(figure: go.Figure) -> dg.MarkdownMetadataValue:
    """The scatter traces of a Plotly figure as an image in Markdown."""
    picture = base64.b64encode(_svg(figure).encode()).decode()
    return dg.MetadataValue.md(f"![{_text(figure.layout.title.text)}](data:image/svg+xml;base64,{picture})")


def _svg(figure: go.Figure) -> str:
    traces = [trace for trace in figure.data if trace.type == "scatter"]
    labels = [str(label) for trace in traces for label in trace.x]
    is_time = not pd.api.types.is_numeric_dtype(pd.Series(list(traces[0].x)))
    places = [_places(trace.x, labels, is_time) for trace in traces]
    values = [np.asarray(trace.y, dtype=float) for trace in traces]
    left, right = min(map(np.nanmin, places)), max(map(np.nanmax, places))
    low, high = min(0.0, *map(np.nanmin, values)), max(map(np.nanmax, values))

    def points(place: np.ndarray, value: np.ndarray) -> list[str]:
        x = MARGIN + (place - left) / max(right - left, 1e-9) * (WIDTH - 2 * MARGIN)
        y = HEIGHT - MARGIN / 2 - (value - low) / max(high - low, 1e-9) * (HEIGHT - 1.5 * MARGIN)
        return [f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True) if np.isfinite(b)]

    shapes, names = [], []
    for number, (trace, place, value) in enumerate(zip(traces, places, values, strict=True)):
        colour = (trace.line.color if trace.line else None) or COLOURS[number % len(COLOURS)]
        line = points(place, value)
        if trace.fill == "tonexty" and number:
            lower = points(places[number - 1], values[number - 1])[::-1]
            shapes.append(f'<polygon points="{" ".join(line + lower)}" fill="{trace.fillcolor or colour}"/>')
        elif trace.fill == "toself":
            shapes.append(f'<polygon points="{" ".join(line)}" fill="{trace.fillcolor or colour}"/>')
        if trace.line is None or trace.line.width != 0:
            shapes.append(f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" stroke-width="1.2"/>')
        if trace.name and trace.showlegend is not False:
            shown = trace.fillcolor if trace.fill else colour
            names.append(f'<tspan fill="{shown}"> ■ {escape(trace.name)} </tspan>')
    decimals = 0 if high - low >= 10 else 2  # rates lie between 0 and 1
    first, last = (pd.Timestamp(int(edge)).strftime("%Y-%m-%d") if is_time else f"{edge:.4g}" for edge in (left, right))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>'
        f'<text x="{MARGIN}" y="18" font-size="14">{escape(_text(figure.layout.title.text))}</text>'
        f'<text x="{MARGIN}" y="36">{"".join(names)}</text>'
        f'<text x="4" y="{MARGIN}">{high:,.{decimals}f}</text>'
        f'<text x="4" y="{HEIGHT - MARGIN / 2}">{low:,.{decimals}f}</text>'
        f'<text x="{MARGIN}" y="{HEIGHT - 8}">{first}</text>'
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 8}" text-anchor="end">{last}</text>'
        f"{''.join(shapes)}</svg>"
    )


def _places(x: object, labels: list[str], is_time: bool) -> np.ndarray:
    if not is_time:
        return np.asarray(x, dtype=float)
    return pd.to_datetime(pd.Series(list(x))).astype("datetime64[ns]").astype("int64").to_numpy(dtype=float)


def _text(title: str | None) -> str:
    return (title or "").split("<br>")[0]
