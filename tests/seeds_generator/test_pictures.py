"""Pictures show the shop that is there."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from seeds_generator import Parameters, write
from seeds_generator.__main__ import main
from seeds_generator.pictures import draw
from warehouse import DataError

SVG = "{http://www.w3.org/2000/svg}"


def test_each_picture_is_an_svg_with_its_title_and_lines(harbour, tmp_path, capsys):
    write(Parameters(store=harbour, customers=300, products=60, orders=4_000, years=2), tmp_path / "shop")
    assert main(["pictures", "--out", str(tmp_path / "shop"), "--to", str(tmp_path / "images")]) == 0
    paths = [tmp_path / "images" / line.rpartition("/")[2] for line in capsys.readouterr().out.split()]

    assert len(paths) == 5
    for path in paths:
        root = ElementTree.parse(path).getroot()
        assert root.find(f"{SVG}title").text
        assert len(root.findall(f"{SVG}polyline")) >= 2
        assert path.stat().st_size < 60_000


def test_a_folder_without_a_shop_is_refused(tmp_path):
    with pytest.raises(DataError, match="holds no shop with its truth as CSV"):
        draw(tmp_path, tmp_path / "images")
