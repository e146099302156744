import io
import random
import struct
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from itertools import combinations

import boto3
import matplotlib
import pytest
from botocore.stub import Stubber
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from PIL import Image
from service_graphs import SAMPLES, app, service, stats

from workshop.errors import WorkshopError
from workshop.views import colours, service_map
from workshop.views.outcomes import LOOKS

TITLE = "One call to profiles in six fails"


def parts(figure, kind):
    return figure.findobj(lambda artist: artist.get_gid() == kind)


def texts(figure, kind):
    return [artist.get_text() for artist in parts(figure, kind)]


@cache
def drawn(sample):
    """Return a sample's figure, and what tells where its parts of one kind stand."""
    figure = service_map.draw(SAMPLES[sample], TITLE)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # a glyph that the font lacks is a warning, so an error here
    renderer = canvas.get_renderer()
    return figure, lambda kind: [each.get_window_extent(renderer) for each in parts(figure, kind)]


def overlap(first, second):
    across = min(first.x1, second.x1) - max(first.x0, second.x0)
    down = min(first.y1, second.y1) - max(first.y0, second.y0)
    return across > 1 and down > 1


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_leaves_the_page_or_its_box_or_covers_anything_else(sample):
    figure, boxes = drawn(sample)
    nodes, labels, arrows = boxes("node"), boxes("label-ground"), boxes("edge")
    assert len(nodes) >= len(SAMPLES[sample])
    inside = [box for kind in ("name", "type", "fact", "share", "stripe") for box in boxes(kind)]
    for box in [*nodes, *labels, *arrows, *inside, *boxes("title"), *boxes("legend")]:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1
    for box in inside:
        assert any(
            node.x0 < box.x0 and box.x1 < node.x1 and node.y0 < box.y0 and box.y1 < node.y1
            for node in nodes
        )
    assert not [pair for pair in combinations([*nodes, *labels], 2) if overlap(*pair)]
    assert max(box.y1 for box in [*nodes, *labels]) < min(box.y0 for box in boxes("facts"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_edge_is_one_arrow_and_no_text_is_smaller_than_nine_points(sample):
    figure, _ = drawn(sample)
    edges = sum(len(each["Edges"]) for each in SAMPLES[sample])
    assert len(parts(figure, "edge")) == len(parts(figure, "edge-head")) == edges
    written = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text()]
    assert min(text.get_fontsize() for text in written) >= 9
    assert not any(text.get_parse_math() for text in written)


def test_what_is_called_stands_right_of_who_calls_it():
    figure, boxes = drawn("app")
    names = dict(zip(texts(figure, "name"), boxes("name"), strict=True))
    assert names["client"].x1 < names["backend"].x0
    assert names["backend"].x1 < names["profiles"].x0
    assert names["profiles"].x1 < names["profiles.db"].x0
    assert figure.get_figwidth() == 9.5


def test_an_arrow_points_to_what_is_called_even_back_to_the_left():
    graph = [service(0, "a", edges=[(1, None)]), service(1, "b", edges=[(0, None)])]
    figure = service_map.draw(graph, TITLE)
    left, right = (box.get_extents() for box in parts(figure, "node"))
    tips = [head.get_xy()[0] for head in parts(figure, "edge-head")]
    to_data = figure.axes[0].transData.inverted().transform
    assert tips[0][0] == pytest.approx(to_data((right.x0, 0))[0], abs=0.02)
    assert tips[1][0] == pytest.approx(to_data((left.x1, 0))[0], abs=0.02)


def test_an_edge_says_how_many_how_long_and_what_fails():
    labels = texts(drawn("app")[0], "label")
    assert labels == [
        "24 requests",
        "185 ms",
        "✗ 4 % faults",
        "120 requests",
        "0.42 ms",
        "96 requests",
        "24 ms",
        "✗ 17 % faults",
        "96 requests",
        "0.3 ms",
    ]


def test_edges_with_faults_are_red_and_thick_and_say_so():
    figure, _ = drawn("app")
    fails = [to_hex(edge.get_edgecolor()) == colours.ERROR for edge in parts(figure, "edge")]
    assert fails == [True, False, True, False]
    widths = [edge.get_linewidth() for edge in parts(figure, "edge")]
    assert widths[0] == widths[2] == 2 * widths[1] == 2 * widths[3]
    assert texts(figure, "facts") == [
        "5 nodes, 4 edges, 2 of them with faults · times are averages"
    ]


def test_shares_are_told_by_length_hatch_and_words():
    figure, _ = drawn("app")
    counts = {"ok": 74, "error": 4, "throttle": 2, "fault": 16}
    lengths = {}
    for kind in counts:
        bar = parts(figure, f"share-{kind}")[-2 if kind == "ok" else -1]
        assert (bar.get_hatch() or "") == LOOKS[kind].hatch
        assert to_hex(bar.get_facecolor()) == LOOKS[kind].fill
        lengths[kind] = bar.get_width()
    assert lengths["ok"] > lengths["fault"] > lengths["error"] >= lengths["throttle"] > 0.04
    assert lengths["ok"] / lengths["fault"] == pytest.approx(74 / 16)
    assert len({look.hatch for look in LOOKS.values()}) == len(LOOKS)
    shares = texts(figure, "share")
    assert [share for share in shares if "✗" in share] == ["✗ 4 % faults", "✗ 17 % faults"]
    assert {"77 % ok", "4 % errors", "2 % throttles", "100 % ok"} <= set(shares)
    legend = ["ok", "error (4xx)", "throttle (429)", "✗ fault (5xx)"]
    assert texts(figure, "legend") == legend


def test_services_look_as_they_do_in_a_waterfall():
    figure, _ = drawn("app")
    names = [name for name in texts(figure, "name") if name != "client"]
    looks = colours.looks(names)
    for name, stripe in zip(names, parts(figure, "stripe"), strict=True):
        assert to_hex(stripe.get_facecolor()) == looks[name].fill
        assert (stripe.get_hatch() or "") == looks[name].hatch


def test_what_sends_no_segments_has_a_broken_outline():
    figure, _ = drawn("cycle")
    styles = [node.get_linestyle() for node in parts(figure, "node")]
    assert [style != "-" and style != "solid" for style in styles] == [False, False, True, False]
    assert texts(figure, "type") == ["remote"]


def test_long_names_take_two_lines_and_keep_both_ends():
    names = texts(drawn("odd")[0], "name")
    long = names.index("the-service-that-")
    assert names[long + 1].startswith("nobody-")
    assert names[long + 1].endswith("talk.com")
    assert "$x^2$ □□ tab" in names
    kinds = texts(drawn("odd")[0], "type")
    assert kinds == ["remote", "remote", "AWS::ElasticBeanstalk::", "Environment"]


def test_the_words_hold_counts_and_faults_but_no_times_and_no_ids():
    picture = service_map.show(app(), "That is your 182 ms")
    assert picture.alt.splitlines() == [
        "Service map of client, activities.db, backend, profiles, profiles.db",
        "",
        "backend → activities.db (120 requests)",
        "backend → profiles (96 requests, 16 faults)",
        "client → backend (24 requests, 1 fault)",
        "profiles → profiles.db (96 requests)",
    ]


def test_the_words_tell_equal_names_apart_and_leave_out_what_nobody_counted():
    lines = service_map.show(SAMPLES["odd"], TITLE).alt.splitlines()[2:]
    assert lines == sorted(lines)
    assert "client → profiles (remote) (4 requests)" in lines
    assert "client → profiles (service)" in lines
    assert any(line.endswith(".com → (unknown)") for line in lines)


def test_the_words_keep_edges_back_and_to_oneself_and_what_stands_alone():
    lines = service_map.show(SAMPLES["cycle"], TITLE).alt.splitlines()
    assert "backend → backend (8 requests, 1 error)" in lines
    assert "ledger → backend (12 requests)" in lines
    assert service_map.show(SAMPLES["one"], TITLE).alt.splitlines()[2:] == ["backend (1 request)"]
    assert service_map.show(SAMPLES["bare"], TITLE).alt.splitlines()[2:] == ["backend"]


def test_two_edges_between_the_same_nodes_are_one():
    graph = [
        service(0, "a", edges=[(1, stats(2, fault=1)), (1, stats(3)), (1, None)]),
        service(1, "b"),
    ]
    assert service_map.show(graph, TITLE).alt.splitlines()[2:] == ["a → b (6 requests, 1 fault)"]


def test_order_and_ids_and_settings_change_no_byte():
    first = service_map.show(app(), TITLE)
    chance = random.Random(1)
    others = app()
    renamed = dict(zip(range(5), chance.sample(range(100), 5), strict=True))
    for each in others:
        each["ReferenceId"] = renamed[each["ReferenceId"]]
        for edge in each["Edges"]:
            edge["ReferenceId"] = renamed[edge["ReferenceId"]]
        chance.shuffle(each["Edges"])
    chance.shuffle(others)
    settings = {"font.family": "monospace", "lines.linewidth": 5, "hatch.linewidth": 4}
    with matplotlib.rc_context(settings):
        second = service_map.show(others, TITLE)
    assert second.png == first.png
    assert second.alt == first.alt


def test_a_picture_is_as_wide_as_any_other_and_small():
    picture = service_map.show(app(), TITLE)
    assert struct.unpack(">I", picture.png[16:20]) == (1900,)
    assert "transparency" not in Image.open(io.BytesIO(picture.png)).info
    assert len(picture.png) < 100_000


def test_what_boto3_returns_can_be_drawn():
    client = boto3.client(
        "xray", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    span = {
        "StartTime": datetime(2026, 1, 1, tzinfo=UTC),
        "EndTime": datetime(2026, 1, 2, tzinfo=UTC),
    }
    with Stubber(client) as stub:  # it holds the answer to botocore's model
        stub.add_response("get_service_graph", {"Services": SAMPLES["odd"]}, span)
        stub.add_response("get_trace_graph", {"Services": app()}, {"TraceIds": ["1-a-b"]})
        services = client.get_service_graph(**span)["Services"]
        assert "(unknown)" in texts(service_map.draw(services, TITLE), "name")
        services = client.get_trace_graph(TraceIds=["1-a-b"])["Services"]
        assert "profiles.db" in texts(service_map.draw(services, TITLE), "name")


def test_a_graph_without_services_is_refused_in_words():
    with pytest.raises(WorkshopError, match="ask for a time range that holds it"):
        service_map.show([], TITLE)


def test_importing_the_view_does_not_import_matplotlib():
    code = "import sys, workshop.views.service_map; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
