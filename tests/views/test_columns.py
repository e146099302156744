"""Values over time as columns, and values by label as bars."""

from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from workshop.views import bars, columns

START_MS = 1_790_000_000_000 // 86_400_000 * 86_400_000
SAMPLES = {
    "one": ({START_MS: 3.0}, 1000),
    "many": ({START_MS + 5000 * number: number % 7 + 0.5 for number in range(180)}, 5000),
    "gap": ({START_MS: 1.0, START_MS + 60_000 * 50: 2.0}, 60_000),
    "nothing": ({START_MS: 0.0, START_MS + 1000: -4.0}, 1000),
    "large": ({START_MS: 1e99, START_MS + 1000: 1e98}, 1000),
    "days": ({START_MS + 86_400_000 * number: 5.0 for number in range(40)}, 86_400_000),
    "hours": ({START_MS + 3_600_000 * number: 5.0 for number in range(40)}, 3_600_000),
}


def parts(figure, kind):
    return figure.findobj(lambda artist: artist.get_gid() == kind)


def texts(figure, kind):
    return [artist.get_text() for artist in parts(figure, kind)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_leaves_the_page(sample):
    figure = columns.draw(*SAMPLES[sample], "lines over time")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    for kind in ("title", "tick", "time", "bar"):
        for artist in parts(figure, kind):
            box = artist.get_window_extent(renderer)
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    times = [artist.get_window_extent(renderer) for artist in parts(figure, "time")]
    assert all(first.x1 < second.x0 for first, second in pairwise(times))


def test_a_column_is_as_high_as_its_value_and_a_gap_keeps_its_place():
    values = {START_MS: 2.0, START_MS + 3000: 4.0}
    first, last = parts(columns.draw(values, 1000, "n"), "bar")
    assert last.get_height() == pytest.approx(2 * first.get_height())
    assert last.get_x() - first.get_x() == pytest.approx(3 * columns.WIDEST)


@pytest.mark.parametrize(
    ("sample", "first"),
    [("many", "00:00:00"), ("gap", "00:00"), ("days", "20 Sep"), ("hours", "20 Sep 00:00")],
)
def test_a_moment_is_written_as_far_as_it_tells(sample, first):
    values, length_ms = SAMPLES[sample]
    shifted = {moment - START_MS + 1_789_862_400_000: value for moment, value in values.items()}
    assert texts(columns.draw(shifted, length_ms, "n"), "time")[0] == first


def test_a_bar_is_as_long_as_its_value():
    figure = bars.draw({"a": 1.0, "b": 4.0, "c": -2.0}, "n by letter", lambda value: f"{value:g}")
    first, second, third = parts(figure, "bar")
    assert second.get_width() == pytest.approx(4 * first.get_width())
    assert third.get_width() == 0
    assert texts(figure, "value") == ["1", "4", "-2"]
    assert texts(figure, "label") == ["a", "b", "c"]


def test_bars_of_no_value_and_of_none_are_drawn():
    for values in ({}, {"a": 0.0}, {"a": -1.0}, {"a": 1e99, "b": 1.0}):
        figure = bars.draw(values, "n", str)
        FigureCanvasAgg(figure).draw()
        told = [each.get_text() for each in figure.findobj(Text)]
        assert set(values) | {str(value) for value in values.values()} <= set(told)
