"""Great Expectations' Data Docs of the landing gate, as pages that need no network.

What was expected and found is rendered by Great Expectations; the frame around it is our own, because its own fetches
styles and scripts from eight other hosts, and is blank or bare where they cannot be reached.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from ingestion.checks import CheckResult
from warehouse import UsageError
from warehouse.errors import one_line

PAGES = Path(__file__).with_name("pages")
SUITE_LINK = re.compile(r'<a href="\.\./[^"]*"\s*>(.*?)</a>')  # to a page of Great Expectations' that is not made


class DataDocs:
    """A folder of pages: one for each table that is added, and ``index.html``, which lists all results.

    Raises UsageError when the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {one_line(error)}; name another folder") from None

    def add(self, validation) -> None:
        """Write the page of a table from what Great Expectations found in it."""
        from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

        for result in validation.results:
            result.result = _inert(result.result)
        content = ValidationResultsPageRenderer(run_info_at_end=True).render(validation).to_json_dict()
        content["sections"].pop()  # the run in Great Expectations' own terms
        self._write(f"{validation.suite_name}.html", "gate_table.html", content)

    def write_index(self, checked: Mapping[str, Sequence[CheckResult]]) -> Path:
        """Write the list of all results, by source; returns its path."""
        checked_at = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
        return self._write("index.html", "gate_index.html", {"checked": checked, "checked_at": checked_at})

    def _write(self, name: str, template: str, content: dict) -> Path:
        from great_expectations.render.view import DefaultJinjaPageView

        view = DefaultJinjaPageView(custom_views_directory=PAGES)
        text = view.env.get_template(template).render(content)
        path = self.folder / name
        path.write_text(SUITE_LINK.sub(r"\1", text), encoding="utf-8")
        return path


def _inert(value: object) -> object:
    """The same with every text as HTML writes it: Great Expectations puts raw values into its pages as they are."""
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, dict):
        return {key: _inert(item) for key, item in value.items()}
    return [_inert(item) for item in value] if isinstance(value, list | tuple) else value
