"""A drawing of the notebooks' says the same as SVG: each text, each bar, and no style."""

import re

import pytest
from console_client import Elements

from workshop.sandbox.console import svg
from workshop.views import colours
from workshop.views.colours import Look
from workshop.views.sheet import Sheet

LOOK = Look("#56b4e9", "#1b6696", "xxxx")


@pytest.fixture
def page():
    """A sheet with one of each kind of thing that can be drawn."""
    sheet = Sheet(5, 2)
    sheet.text(0.1, 0.2, "<b>&\"' $x$", "name", colours.INK, bold=True)
    sheet.text(0.1, 0.5, "behind", "note", colours.ERROR, ground="white")
    sheet.area(0, 0, 1, 1, "band", colours.BAND)
    sheet.bar(1, 0.5, 2, 0.2, "bar", LOOK)
    sheet.bar(1, 0.9, 2, 0.2, "bar", LOOK, error=True)
    sheet.line([(0, 0), (1, 1)], "link", colours.FAINT, dashed=True)
    sheet.box(3, 0.5, 1, 0.5, "node", colours.MUTED, thick=True, dashed=True)
    sheet.arrow([((0, 0), (1, 0), (1, 1), (2, 1))], "edge", colours.MUTED)
    return sheet.figure


def test_texts_are_escaped_and_stay_in_their_places(page):
    drawn = svg.render(page, 'A "picture"')
    assert "<b>" not in drawn
    parsed = Elements(drawn)
    assert "<b>&\"' $x$" in parsed.text
    (first, second) = parsed.named("text")
    assert first["x"] == "10.0"
    assert first["font-weight"] == "bold"
    assert second["font-weight"] == "normal"
    assert float(first["textlength"]) > float(second["textlength"]) > 0
    assert parsed.named("svg")[0]["aria-label"] == 'A "picture"'


def test_shapes_have_their_places_and_colours(page):
    parsed = Elements(svg.render(page, "x"))
    rects = {each["class"]: each for each in parsed.named("rect") if "class" in each}
    assert rects["band"]["fill"] == "var(--band)"
    node = rects["node"]
    assert [node[key] for key in ("x", "y", "width", "height")] == [
        "300.0",
        "50.0",
        "100.0",
        "50.0",
    ]
    assert node["stroke-dasharray"]
    bars = [each for each in parsed.named("rect") if each.get("class") == "bar"]
    assert [each["fill"] for each in bars] == [LOOK.fill] * 2
    assert [each["stroke"] for each in bars] == [LOOK.edge, "var(--error)"]
    paths = {each.get("class"): each["d"] for each in parsed.named("path")}
    assert paths["link"] == "M0.0 0.0L100.0 100.0"
    assert paths["edge"].startswith("M0.0 0.0C100.0 0.0 100.0 100.0 ")
    assert paths["edge-head"].endswith("Z")


def test_a_hatch_is_one_pattern_for_all_bars_that_have_it(page):
    parsed = Elements(svg.render(page, "x", prefix="map"))
    (pattern,) = parsed.named("pattern")
    assert pattern["id"] == "map-0"
    filled = [each for each in parsed.named("rect") if each["fill"] == "url(#map-0)"]
    assert len(filled) == 2


def test_there_is_no_style_and_no_script(page):
    drawn = svg.render(page, "x")
    assert not re.search(r"style|script|xlink|\bon[a-z]+=", drawn)


@pytest.mark.parametrize("look", colours._OTHERS, ids=lambda look: look.hatch + look.fill)
def test_every_hatch_of_the_views_can_be_drawn(look):
    sheet = Sheet(1, 1)
    sheet.bar(0, 0, 1, 1, "bar", look)
    assert len(Elements(svg.render(sheet.figure, "x")).named("pattern")) == bool(look.hatch)


def test_links_lie_over_what_they_lead_from(page):
    (area,) = svg.find_areas(page, "node")
    assert area == pytest.approx((3, 0.5, 4, 1))
    link = svg.Link(area, "?a=1&b=<2>", "To <it>", current=True)
    parsed = Elements(svg.render(page, "x", [link]))
    (anchor,) = parsed.named("a")
    assert anchor == {"href": "?a=1&b=<2>", "aria-label": "To <it>", "aria-current": "true"}
    assert svg.find_lines(page, "note") != svg.find_lines(page, "name")


def test_equal_figures_are_equal_texts(page):
    assert svg.render(page, "x") == svg.render(page, "x")
