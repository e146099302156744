"""The heatmap: which square a request is in, how dark it is, and what is said beside it."""

from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from workshop.errors import WorkshopError
from workshop.views import colours, heatmap
from workshop.views.heatmap import Dot

START_NS = 1_790_000_000_000_000_000


def dots(*pairs):
    """Requests, each when it began after the first and how long it took, in milliseconds."""
    return [Dot(START_NS + round(after_ms * 1e6), ms) for after_ms, ms in pairs]


SAMPLES = {
    "one": dots((0, 32)),
    "bands": dots(*((number * 70, 500 if number % 2 else 20) for number in range(300))),
    "instants": dots((0, 0), (10, 0), (20, -5)),
    "endless": dots((0, 1e300), (1, 1e-9)),
    "a year": dots((0, 1), (365 * 86_400_000, 1000)),
    "at once": dots(*((0, 10) for _ in range(50))),
    "failed": [Dot(START_NS, 10, failed=True), Dot(START_NS, 20)],
}


def parts(figure, kind):
    return figure.findobj(lambda artist: artist.get_gid() == kind)


def texts(figure, kind):
    return [artist.get_text() for artist in parts(figure, kind)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_leaves_the_page_and_labels_do_not_meet(sample):
    figure = heatmap.draw(SAMPLES[sample], "See this")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    for kind in ("title", "facts", "tick", "time", "legend", "cell"):
        for artist in parts(figure, kind):
            box = artist.get_window_extent(renderer)
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    times = [artist.get_window_extent(renderer) for artist in parts(figure, "time")]
    assert all(first.x1 < second.x0 for first, second in pairwise(times))
    ticks = [artist.get_window_extent(renderer) for artist in parts(figure, "tick")]
    assert all(lower.y1 <= upper.y0 for lower, upper in pairwise(ticks))


def test_each_request_is_in_one_square_that_stands_for_its_time_and_length():
    some = SAMPLES["bands"]
    grid = heatmap.arrange(some)
    assert sorted(index for cell in grid.cells for index in cell.dots) == list(range(len(some)))
    for cell in grid.cells:
        shortest, longest = grid.bounds(cell)
        for index in cell.dots:
            assert shortest <= some[index].duration_ms < longest * 1.0001
            after_ms = (some[index].start_ns - START_NS) / 1e6
            assert after_ms // grid.length_ms == cell.column


def test_a_slower_request_stands_higher_and_a_later_one_to_the_right():
    figure = heatmap.draw(dots((0, 10), (5000, 400)))
    quick, slow = parts(figure, "cell")
    assert slow.get_y() < quick.get_y()
    assert slow.get_x() > quick.get_x()


def test_more_requests_are_darker_and_the_legend_says_how_many():
    crowd = dots(*[(0, 10)] * 8, *[(0, 100)] * 3, (0, 1000))
    figure = heatmap.draw(crowd)
    fills = [to_hex(each.get_facecolor()) for each in parts(figure, "cell")]
    assert fills == [colours.SHADES[3], colours.SHADES[1], colours.SHADES[0]]
    assert texts(figure, "legend") == [
        "1 to 2 requests",
        "3 to 4 requests",
        "5 to 6 requests",
        "7 to 8 requests",
    ]


def test_a_failed_request_has_an_edge_and_a_word():
    figure = heatmap.draw(SAMPLES["failed"])
    edges = [to_hex(each.get_edgecolor()) for each in parts(figure, "cell")]
    assert edges.count(colours.ERROR) == 1
    assert texts(figure, "legend")[-1] == "✗ one or more failed"
    assert "failed" not in texts(heatmap.draw(SAMPLES["one"]), "legend")


def test_the_facts_are_counted():
    assert heatmap.describe(SAMPLES["failed"]) == "2 requests, 10 ms to 20 ms, 1 failed"
    assert heatmap.describe(SAMPLES["one"]) == "1 request, 32 ms"


def test_a_notebook_gets_words_without_times():
    picture = heatmap.show(SAMPLES["bands"], "Two bands")
    assert picture.alt == "Heatmap: Two bands\n300 requests"
    assert picture.png[:4] == b"\x89PNG"


def test_nothing_to_draw_is_refused_in_words():
    with pytest.raises(WorkshopError, match="no requests"):
        heatmap.draw([])
