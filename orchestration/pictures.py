"""Pictures beside the assets in the Dagster UI.

The UI shows Markdown with images but no Plotly; Plotly's own export to images needs a browser. So the lines, bands
and bars of a figure are drawn as an SVG, which goes into the metadata as it is.
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
LABEL_WIDTH, BAR_HEIGHT, BAR_GAP = 220, 14, 8
COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2")


def embedded_figure(figure: go.Figure) -> dg.MarkdownMetadataValue:
    """The scatter traces of a Plotly figure, or its horizontal bars, as an image in Markdown."""
    svg = _bars(figure) if figure.data and figure.data[0].type == "bar" else _svg(figure)
    picture = base64.b64encode(svg.encode()).decode()
    return dg.MetadataValue.md(f"![{_text(figure.layout.title.text)}](data:image/svg+xml;base64,{picture})")


def _svg(figure: go.Figure) -> str:
    traces = [trace for trace in figure.data if trace.type == "scatter"]
    labels = [str(label) for trace in traces for label in trace.x]
    is_time = not pd.api.types.is_numeric_dtype(pd.Series(list(traces[0].x)))
    places = [_places(trace.x, labels, is_time) for trace in traces]
    values = _stacked(traces)
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
        if trace.stackgroup:
            floor = values[number - 1] if number else np.zeros(len(value))
            edge = points(place, floor)[::-1]
            shapes.append(f'<polygon points="{" ".join(line + edge)}" fill="{trace.fillcolor or colour}"/>')
        elif trace.fill == "tonexty" and number:
            lower = points(places[number - 1], values[number - 1])[::-1]
            shapes.append(f'<polygon points="{" ".join(line + lower)}" fill="{trace.fillcolor or colour}"/>')
        elif trace.fill == "toself":
            shapes.append(f'<polygon points="{" ".join(line)}" fill="{trace.fillcolor or colour}"/>')
        if trace.line is None or trace.line.width != 0:
            dash = ' stroke-dasharray="5 4"' if trace.line and trace.line.dash else ""
            stroke = f'fill="none" stroke="{colour}" stroke-width="1.2"{dash}'
            shapes.append(f'<polyline points="{" ".join(line)}" {stroke}/>')
        if trace.name and trace.showlegend is not False:
            names.append(_name(trace.name, trace.fillcolor if trace.fill else colour))
    decimals = 0 if high - low >= 10 else 2  # rates lie between 0 and 1
    first, last = (pd.Timestamp(int(edge)).strftime("%Y-%m-%d") if is_time else f"{edge:.4g}" for edge in (left, right))
    labels = [
        f'<text x="4" y="{MARGIN}">{high:,.{decimals}f}</text>',
        f'<text x="4" y="{HEIGHT - MARGIN / 2}">{low:,.{decimals}f}</text>',
        f'<text x="{MARGIN}" y="{HEIGHT - 8}">{first}</text>',
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 8}" text-anchor="end">{last}</text>',
    ]
    return _page(figure, HEIGHT, names, labels + shapes)


def _bars(figure: go.Figure) -> str:
    """Horizontal bars from zero, those of one name below each other, and vertical lines."""
    labels = [str(label) for label in figure.data[0].y]
    values = [np.asarray(trace.x, dtype=float) for trace in figure.data]
    lines = [shape for shape in figure.layout.shapes if shape.type == "line"]
    low = min(0.0, *map(np.nanmin, values))
    high = max(1e-9, *map(np.nanmax, values), *(float(line.x0) for line in lines))
    group = BAR_HEIGHT * len(values) + BAR_GAP
    top, height = MARGIN, MARGIN + group * len(labels) + MARGIN // 2

    def across(value: float) -> float:
        return LABEL_WIDTH + (value - low) / (high - low) * (WIDTH - LABEL_WIDTH - MARGIN)

    shapes, names = [], []
    for number, (trace, widths) in enumerate(zip(figure.data, values, strict=True)):
        colour = trace.marker.color or COLOURS[number % len(COLOURS)]
        names.append(_name(trace.name, colour))
        for row, value in enumerate(widths):
            if not np.isfinite(value):
                continue
            y = top + row * group + number * BAR_HEIGHT
            x, width = min(across(value), across(0.0)), abs(across(value) - across(0.0))
            shapes.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR_HEIGHT - 2}" fill="{colour}"/>')
            end = max(across(value), across(0.0)) + 4
            shapes.append(f'<text x="{end:.1f}" y="{y + BAR_HEIGHT - 3}" font-size="10">{value:.1f}</text>')
    for row, label in enumerate(labels):
        y = top + row * group + group / 2
        shapes.append(f'<text x="{LABEL_WIDTH - 8}" y="{y:.1f}" text-anchor="end">{escape(label)}</text>')
    for line in lines:
        x, stroke = f"{across(float(line.x0)):.1f}", line.line.color or COLOURS[0]
        ends = f'x1="{x}" x2="{x}" y1="{top - 4}" y2="{height - MARGIN // 2}"'
        shapes.append(f'<line {ends} stroke="{stroke}" stroke-dasharray="5 4"/>')
    under = escape(figure.layout.xaxis.title.text or "")
    shapes.append(f'<text x="{WIDTH - MARGIN}" y="{height - 8}" text-anchor="end">{under}</text>')
    return _page(figure, height, names, shapes)


def _page(figure: go.Figure, height: int, names: list[str], shapes: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>'
        f'<text x="{MARGIN}" y="18" font-size="14">{escape(_text(figure.layout.title.text))}</text>'
        f'<text x="{MARGIN}" y="36">{"".join(names)}</text>'
        f"{''.join(shapes)}</svg>"
    )


def _name(name: str, colour: str) -> str:
    return f'<tspan fill="{colour}"> ■ {escape(name)} </tspan>'


def _stacked(traces: list[go.Scatter]) -> list[np.ndarray]:
    """The amounts of each trace; of those in a stack, on top of those before them."""
    values = [np.asarray(trace.y, dtype=float) for trace in traces]
    for number in range(1, len(traces)):
        if traces[number].stackgroup:
            values[number] = values[number - 1] + values[number]
    return values


def _places(x: object, labels: list[str], is_time: bool) -> np.ndarray:
    if not is_time:
        return np.asarray(x, dtype=float)
    return pd.to_datetime(pd.Series(list(x))).astype("datetime64[ns]").astype("int64").to_numpy(dtype=float)


def _text(title: str | None) -> str:
    return (title or "").split("<br>")[0]
