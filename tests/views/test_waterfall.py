import io
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from PIL import Image

from workshop.errors import WorkshopError
from workshop.views import colours, layout, waterfall

SAMPLES = [
    "home",
    "batch",
    "failed",
    "forty",
    "two_hundred",
    "unlike",
    "one",
    "instant",
    "skewed",
    "orphans",
    "deep",
    "abyss",
    "impossible",
    "odd",
]


def parts(figure, kind):
    return figure.findobj(lambda artist: artist.get_gid() == kind)


def texts(figure, kind):
    return [artist.get_text() for artist in parts(figure, kind)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_leaves_the_page_or_runs_into_the_next_column(traces, sample):
    figure = waterfall.draw(getattr(traces, sample))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # a glyph that the font lacks is a warning, so an error here

    def boxes(kind):
        renderer = canvas.get_renderer()
        return [artist.get_window_extent(renderer) for artist in parts(figure, kind)]

    names, services, notes, bars = map(boxes, ("name", "service", "note", "bar"))
    assert len(names) == len(services) == len(notes) <= len(bars)
    for box in [
        *names,
        *services,
        *notes,
        *bars,
        *boxes("title"),
        *boxes("tick"),
        *boxes("legend"),
    ]:
        assert 0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert 0 <= box.y0 < box.y1 <= figure.bbox.y1
    assert max(box.x1 for box in names) < min(box.x0 for box in services)
    assert max(box.x1 for box in services) < min(box.x0 for box in bars)
    for above, below in pairwise(notes):
        assert above.y0 >= below.y1


def test_a_span_is_a_bar_at_its_time(traces):
    figure = waterfall.draw(traces.home)
    bars = parts(figure, "bar")
    spans = traces.home.spans
    assert len(bars) == len(spans) == 14
    root = bars[0]
    scale = root.get_width() / spans[0].duration_ms
    for bar, span in zip(bars, spans, strict=True):
        offset_ms = (span.start_ns - traces.home.start_ns) / 1e6
        assert bar.get_x() - root.get_x() == pytest.approx(offset_ms * scale)
        assert bar.get_width() == pytest.approx(span.duration_ms * scale)
    assert texts(figure, "note")[:3] == ["161 ms", "155 ms", "24 ms"]
    names = parts(figure, "name")
    assert names[0].get_position()[0] < names[1].get_position()[0] < names[2].get_position()[0]


def test_the_scale_is_in_milliseconds_from_the_start_of_the_trace(traces):
    assert texts(waterfall.draw(traces.home), "tick") == ["0 ms", "50 ms", "100 ms", "150 ms"]


def test_parents_are_linked_to_their_children(traces):
    figure = waterfall.draw(traces.home)
    assert len(parts(figure, "branch")) == len(parts(figure, "link")) == 13


def test_services_differ_in_colour_and_in_hatch_and_are_named(traces):
    figure = waterfall.draw(traces.home)
    looks = colours.looks(["backend", "profiles"])
    for bar, span in zip(parts(figure, "bar"), traces.home.spans, strict=True):
        assert to_hex(bar.get_facecolor()) == looks[span.service].fill
        assert (bar.get_hatch() or "") == looks[span.service].hatch
    assert texts(figure, "legend") == ["backend", "profiles"]
    assert texts(figure, "service") == [span.service for span in traces.home.spans]


def test_the_title_says_what_to_see_and_the_facts_stand_below(traces):
    figure = waterfall.draw(traces.home, "Six calls one after another")
    assert texts(figure, "title") == ["Six calls one after another"]
    assert texts(figure, "facts") == ["GET /api/activities/home: 14 spans, 2 services, 161 ms"]


def test_without_a_title_the_facts_are_the_title(traces):
    figure = waterfall.draw(traces.one)
    assert texts(figure, "title") == ["GET /api/health-check: 1 span, 1 service, 1.4 ms"]
    assert texts(figure, "facts") == []


def test_a_long_title_is_broken_into_lines(traces):
    title = "Six calls one after another, each of which waits for the one before: " * 2
    lines = texts(waterfall.draw(traces.home, title), "title")
    assert len(lines) == 2
    assert " ".join(lines) == title.strip()


def test_errors_are_marked_by_a_word_a_sign_and_an_edge(traces):
    figure = waterfall.draw(traces.failed)
    notes = texts(figure, "note")
    assert notes[0] == "71 ms · ✗ error: HTTP 500"
    assert notes[1] == "62 ms · ✗ error: HTTPError"
    assert sum("✗ error" in note for note in notes) == 4
    edges = [to_hex(bar.get_edgecolor()) for bar in parts(figure, "bar")]
    assert edges.count(colours.ERROR) == 4
    assert texts(figure, "legend") == ["backend", "profiles", "✗ error"]


def test_a_missing_parent_is_said(traces):
    notes = texts(waterfall.draw(traces.orphans), "note")
    assert notes == ["40 ms", "30 ms", "12 ms · parent missing", "9.0 ms · parent missing"]


def test_a_clock_that_is_behind_is_said_and_the_bar_stays_where_it_says(traces):
    figure = waterfall.draw(traces.skewed)
    assert texts(figure, "note")[2] == "21 ms · starts before its parent"
    bars = parts(figure, "bar")
    assert bars[2].get_x() == min(bar.get_x() for bar in bars)
    dashed = [line for line in parts(figure, "link") if line.get_linestyle() != "-"]
    assert len(dashed) == 1


def test_a_span_of_no_length_can_be_seen(traces):
    for sample in (traces.instant, traces.skewed):
        figure = waterfall.draw(sample)
        assert texts(figure, "note")[-1] == "0 ms"
        assert parts(figure, "bar")[-1].get_width() == pytest.approx(layout.NARROWEST_BAR)


def test_forty_spans_have_a_row_each(traces):
    figure = waterfall.draw(traces.forty)
    assert len(parts(figure, "name")) == 40
    assert figure.get_figheight() < 12.5


def test_two_hundred_spans_are_folded_and_every_one_of_the_run_is_still_drawn(traces):
    figure = waterfall.draw(traces.two_hundred)
    names = texts(figure, "name")
    assert len(names) == 2 + 5 * 2 + 1
    assert names[-1] == "… 94 more GET, 94 spans below"
    assert texts(figure, "note")[-1] == "22 to 29 ms each"
    assert len(parts(figure, "bar")) == 2 + 5 * 2 + 94
    assert figure.get_figheight() < 5


def test_bars_of_a_crowd_that_cover_each_other_are_drawn_once(traces):
    figure = waterfall.draw(traces.crowd)
    assert texts(figure, "name")[-1] == "… 4,995 more GET, 4,995 spans below"
    assert len(parts(figure, "bar")) < 1000


def test_spans_that_are_not_alike_are_cut_off_at_sixty_rows_with_their_errors_counted(traces):
    figure = waterfall.draw(traces.unlike)
    names = texts(figure, "name")
    assert len(names) == 60
    assert names[-1] == "… 141 more spans"
    assert texts(figure, "note")[-1] == "3.0 ms each · ✗ 2 errors"
    assert texts(figure, "service")[-1] == "11 services"
    assert figure.get_figheight() < 18


def test_what_is_cut_off_counts_the_spans_below_it(traces):
    trace = traces.unlike_then_alike
    figure = waterfall.draw(trace)
    assert texts(figure, "name")[-1] == f"… {len(trace.spans) - 59} more spans"


def test_a_duration_that_cannot_be_is_drawn_as_none(traces):
    notes = texts(waterfall.draw(traces.impossible), "note")
    assert notes == ["0 ms", "0 ms", "0 ms", "1.0e+300 ms"]


@pytest.mark.parametrize(
    ("start_ns", "ms", "note"),
    [
        (2**63 - 10, 0.0, "0 ms"),
        (2**63 - 1, 5.0, "5.0 ms"),
        # A fraction of a nanosecond vanishes in a time since 1970.
        (2**63 - 10, 1e-8, "0 ms"),
        (0, 1.7e308, "0 ms"),
        (0, 5e-324, "0 ms"),
    ],
)
def test_times_at_the_end_of_all_scales_are_drawn(traces, start_ns, ms, note):
    two = traces.two(start_ns, ms)
    assert texts(waterfall.draw(two), "note") == [note, "0 ms"]
    assert waterfall.to_png(two)


def test_names_are_shown_as_they_are_not_as_mathematics(traces):
    figure = waterfall.draw(traces.odd)
    names = texts(figure, "name")
    assert names[0] == "costs $5 and $x^2$ \\frac{1}{2} _%&#"
    for kind in ("title", "name", "service", "note", "legend"):
        assert not any(artist.get_parse_math() for artist in parts(figure, kind))
    assert names[2].startswith("□□ of a span")
    assert names[3:] == ["two lines and□bell", "(no name)"]


@pytest.mark.parametrize("sample", ["home", "batch", "failed", "one", "orphans", "unlike"])
def test_names_that_fit_are_shown_in_full(traces, sample):
    figure = waterfall.draw(getattr(traces, sample))
    written = texts(figure, "name") + texts(figure, "service") + texts(figure, "note")
    assert not [text for text in written if "…" in text.removeprefix("…")]


def test_long_names_keep_both_ends(traces):
    figure = waterfall.draw(traces.odd)
    name = texts(figure, "name")[1]
    assert name.startswith("GET /api/activities/")
    assert name.endswith("/<handle>")
    assert "…" in name
    assert texts(figure, "service")[1].startswith("a-service")


def test_no_text_is_smaller_than_nine_points(traces):
    figure = waterfall.draw(traces.failed, "An error")
    written = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text()]
    assert min(text.get_fontsize() for text in written) >= 9


def test_equal_traces_are_equal_bytes_whatever_is_set(traces):
    first = waterfall.to_png(traces.make(6), "Six calls")
    settings = {
        "figure.facecolor": "black",
        "font.family": "monospace",
        "savefig.bbox": "tight",
        "savefig.transparent": True,
        "text.color": "white",
        "hatch.color": "red",
        "hatch.linewidth": 4,
        "figure.autolayout": True,
        "lines.linewidth": 5,
        "patch.linewidth": 5,
        "lines.marker": "o",
    }
    with matplotlib.rc_context(settings):
        assert waterfall.to_png(traces.make(6), "Six calls") == first


def test_threads_may_draw_at_once(traces):
    alone = [waterfall.to_png(sample) for sample in (traces.batch, traces.failed)]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(waterfall.to_png, [traces.batch, traces.failed] * 3))
    assert drawn == alone * 3


def test_a_picture_is_opaque_and_small_and_carries_no_stamp(traces):
    png = waterfall.to_png(traces.home)
    image = Image.open(io.BytesIO(png))
    assert image.width == 1900
    assert "transparency" not in image.info
    assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    assert to_hex([part / 255 for part in image.convert("RGB").getpixel((700, 165))]) == "#0072b2"
    assert len(png) < 100_000
    for stamp in (b"tEXt", b"iTXt", b"tIME", b"matplotlib"):
        assert stamp not in png


def test_a_notebook_gets_the_picture_at_half_its_pixels_and_the_words(traces):
    picture = waterfall.show(traces.home, "Six calls")
    data, metadata = picture._repr_mimebundle_()
    assert data["image/png"] == picture.png
    assert struct.unpack(">I", picture.png[16:20]) == (1900,)
    assert metadata["image/png"]["width"] == 950
    assert metadata["image/png"]["alt"] == data["text/plain"].splitlines()[0]
    assert data["text/plain"] == picture.alt == repr(picture)


def test_the_words_of_a_picture_hold_no_times_and_no_ids(traces):
    slower = traces.make(6)
    for span in slower.spans:
        span.duration_ms *= 3.7
        span.span_id = span.span_id[::-1]
    slower.trace_id = "0" * 32
    words = waterfall.show(traces.home, "That is your 161 ms").alt
    assert words == waterfall.show(slower, "That is your 597 ms").alt
    assert words.startswith(
        "Waterfall of GET /api/activities/home: 14 spans from backend, profiles\n\nbackend "
    )
    assert sorted(filter(str.isdigit, words)) == ["1", "4", "6"]  # 14 spans, GET ×6
    assert " ms" not in words


def test_a_trace_without_spans_is_refused_in_words(traces):
    with pytest.raises(WorkshopError, match="this trace has no spans"):
        waterfall.draw(traces.empty)


def test_importing_the_views_does_not_import_matplotlib():
    code = "import sys, workshop.views.waterfall; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_drawing_does_not_import_pyplot(traces):
    code = (
        "import runpy, sys; samples = runpy.run_path(sys.argv[1]);"
        "from workshop.views import waterfall; waterfall.to_png(samples['batch']());"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, traces.file], check=True)
