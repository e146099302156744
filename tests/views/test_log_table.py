import struct
from functools import cache

import pytest
from log_events import SAMPLES, TRACE_ID, XRAY_ID, event, make_events
from matplotlib.backends.backend_agg import FigureCanvasAgg

from workshop.errors import WorkshopError
from workshop.views import colours, log_table
from workshop.views.log_lines import LOOKS, read_lines

TITLE = "Every sixth request fails"
COLUMNS = ("time", "level", "service", "request", "message", "trace")


@cache
def drawn(sample):
    """Return a sample's figure and a function of a kind's artists and boxes."""
    figure = log_table.draw(SAMPLES[sample], TITLE)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()

    def parts(kind):
        found = figure.findobj(lambda artist: artist.get_gid() == kind)
        return [(each, each.get_window_extent(renderer)) for each in found]

    return figure, parts


def texts(sample, kind):
    return [artist.get_text() for artist, _ in drawn(sample)[1](kind)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_leaves_the_page_or_runs_into_its_neighbour(sample):
    figure, parts = drawn(sample)
    right_edges = {}
    for kind in ("title", "head", "rest", *COLUMNS):
        for artist, box in parts(kind):
            if artist.get_text():
                assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
                assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    for kind in COLUMNS:
        for artist, box in parts(kind):
            row = (
                round(box.y0 + box.y1)
                if not artist.get_text()
                else round(artist.get_position()[1], 3)
            )
            if artist.get_text():
                assert box.x0 >= right_edges.get(row, 0), kind
                right_edges[row] = box.x1


def test_a_row_tells_time_level_service_request_message_and_trace():
    first = [texts("usual", kind)[5] for kind in COLUMNS]
    assert first == [
        *("0.500 s", "✗ ERROR", "profiles", "GET /api/activities/home 503"),
        *("failed after 5 ms", f"…{TRACE_ID[-8:]}"),
    ]
    _, parts = drawn("usual")
    level = parts("level")[5][0]
    assert (level.get_color(), level.get_fontproperties().get_name()) == (
        colours.ERROR,
        "DejaVu Sans",
    )
    assert parts("message")[4][0].get_color() == colours.INK


def test_columns_that_no_line_fills_are_left_out():
    assert texts("plain", "head") == ["after", "level", "message", "trace"]
    assert texts("plain", "level") == ["WARNING", "no level", "✗ CRITICAL"]
    assert texts("plain", "trace") == ["", "", f"…{XRAY_ID[-8:]}"]


def test_lines_come_in_the_order_of_their_times():
    events = make_events(6)
    assert log_table.to_png(events[::-1], TITLE) == log_table.to_png(events, TITLE)


def test_the_last_row_says_how_many_lines_are_left_out():
    assert texts("forty-one", "rest") == ["… 1 more line"]
    assert len(texts("forty-one", "message")) == 40
    assert texts("usual", "rest") == []


def test_a_service_that_lines_do_not_tell_can_be_given():
    (line,) = read_lines([event(0, "hello", level="info")], "backend")
    assert line.service == "backend"
    (line,) = read_lines([event(0, "hello", service="profiles")], "backend")
    assert line.service == "profiles"


def test_without_a_title_the_facts_are_the_title():
    figure = log_table.draw(make_events(6))
    (title,) = figure.findobj(lambda artist: artist.get_gid() == "title")
    assert title.get_text() == "6 lines: 5 INFO, 1 ERROR"


def test_the_words_hold_no_ids_times_or_numbers_of_messages():
    picture = log_table.show(make_events(6), TITLE)
    assert repr(picture).splitlines() == [
        f"Log lines: {TITLE}",
        "INFO  backend  GET /api/activities/home 200  request finished",
        "INFO  profiles  GET /api/activities/home 200  request finished",
        "INFO  backend  GET /api/activities/home 200  request finished",
        "INFO  profiles  GET /api/activities/home 200  request finished",
        "INFO  backend  GET /api/activities/home 200  request finished",
        "✗ ERROR  profiles  GET /api/activities/home 503  failed after … ms",
    ]
    assert struct.unpack(">I", picture.png[16:20]) == (1900,)


def test_equal_lines_give_equal_bytes():
    assert log_table.to_png(make_events(6), TITLE) == log_table.to_png(make_events(6), TITLE)


def test_no_lines_are_an_error_that_says_what_to_do():
    with pytest.raises(WorkshopError, match="no log lines"):
        log_table.draw([])


def test_levels_read_without_colour():
    marks = [(look.hatch, look.fill) for look in LOOKS.values()]
    assert len(set(marks)) == len(marks)
    for look in LOOKS.values():
        assert contrast(look.edge) >= 4.5


def contrast(colour):
    """Return the contrast of a colour with white: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (light + 0.05)
