from collections import Counter
from itertools import pairwise

import pytest
from log_events import SAMPLES, event, make_events
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from workshop.errors import WorkshopError
from workshop.views import log_volume
from workshop.views.log_lines import LOOKS

TITLE = "Errors come in bursts"


def parts(figure, kind):
    return figure.findobj(lambda artist: artist.get_gid() == kind)


def texts(figure, kind):
    return [artist.get_text() for artist in parts(figure, kind)]


def level_of(bar):
    return next(level for level, look in LOOKS.items() if (look.fill, look.edge) == _colours(bar))


def _colours(bar):
    return to_hex(bar.get_facecolor()), to_hex(bar.get_edgecolor())


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_leaves_the_page(sample):
    figure = log_volume.draw(SAMPLES[sample], TITLE)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    for kind in ("title", "facts", "tick", "time", "legend", "bar"):
        for artist in parts(figure, kind):
            box = artist.get_window_extent(renderer)
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    times = [artist.get_window_extent(renderer) for artist in parts(figure, "time")]
    assert all(first.x1 < second.x0 for first, second in pairwise(times))


def test_a_column_is_as_high_as_it_has_lines_of_each_level():
    events = [event(0, "a", level="INFO")] * 6 + [event(0, "b", level="ERROR")] * 3
    events += [event(1000, "c", level="INFO")] * 2
    figure = log_volume.draw(events, TITLE, bin_ms=1000)
    bars = parts(figure, "bar")
    assert [level_of(bar) for bar in bars] == ["INFO", "ERROR", "INFO"]
    unit = log_volume.HEIGHT / 9
    assert [round(bar.get_height() / unit, 6) for bar in bars] == [6, 3, 2]
    info, error, later = bars
    assert error.get_y() + error.get_height() == pytest.approx(info.get_y())
    assert info.get_y() + info.get_height() == pytest.approx(later.get_y() + later.get_height())
    assert error.get_x() == info.get_x() < later.get_x()


def test_empty_parts_of_the_time_keep_their_place():
    events = [event(0, "a", level="INFO"), event(5000, "b", level="INFO")]
    figure = log_volume.draw(events, TITLE, bin_ms=1000)
    first, second = parts(figure, "bar")
    assert second.get_x() - first.get_x() == pytest.approx(5 * log_volume.WIDEST)
    assert texts(figure, "time") == ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s"]


@pytest.mark.parametrize(
    ("span_ms", "said"),
    [
        (0, "1 ms"),
        (59, "1 ms"),
        (60, "2 ms"),
        (60_000, "2 s"),
        (3_600_000, "2 min"),
        (86_400_000, "30 min"),
        (86_400_000 * 365, "525,600,001 ms"),
    ],
)
def test_a_column_stands_for_a_length_of_time_that_suits(span_ms, said):
    events = [event(0, "a", level="INFO"), event(span_ms, "b", level="INFO")]
    assert texts(log_volume.draw(events, TITLE), "facts") == [
        f"2 lines: 2 INFO; one column is {said}"
    ]


def test_the_legend_has_the_levels_there_are_with_their_numbers():
    figure = log_volume.draw(make_events(12), TITLE)
    assert texts(figure, "legend") == ["INFO: 10", "✗ ERROR: 2"]
    drawn = Counter(level_of(bar) for bar in parts(figure, "bar"))
    assert drawn == {"INFO": 10, "ERROR": 2}


def test_the_words_hold_only_numbers_of_lines():
    picture = log_volume.show(make_events(12), TITLE)
    assert repr(picture) == f"Log volume: {TITLE}\n12 lines: 10 INFO, 2 ERROR"


def test_equal_lines_give_equal_bytes():
    assert log_volume.to_png(make_events()) == log_volume.to_png(make_events()[::-1])


def test_what_cannot_be_drawn_is_an_error_that_says_what_to_do():
    with pytest.raises(WorkshopError, match="no log lines"):
        log_volume.draw([])
    with pytest.raises(
        WorkshopError, match=r"61 columns of 100 ms.*\nGive a bin_ms of at least 101"
    ):
        log_volume.draw(make_events(61), bin_ms=100)
    with pytest.raises(WorkshopError, match="less than 1 ms"):
        log_volume.draw(make_events(2), bin_ms=0)
