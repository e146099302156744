import pytest
from rich.cells import cell_len

from workshop.errors import WorkshopError
from workshop.views import tree


def test_repeated_siblings_are_one_line(traces):
    assert tree.render(traces.home).splitlines() == [
        "backend    GET /api/activities/home",
        "backend    └─ home-feed.load",
        "backend       └─ GET ×6, each with",
        "profiles         └─ GET /profiles/<handle>",
    ]


def test_a_sibling_that_differs_has_its_own_line(traces):
    assert tree.render(traces.failed).splitlines() == [
        "backend    GET /api/activities/home  ✗ error: HTTP 500",
        "backend    └─ home-feed.load  ✗ error: HTTPError",
        "backend       ├─ GET  ✗ error: HTTP 503",
        "profiles      │  └─ GET /profiles/<handle>  ✗ error: HTTP 503",
        "backend       └─ GET",
        "profiles         └─ GET /profiles/<handle>",
    ]


def test_missing_parents_are_said_in_words(traces):
    assert tree.render(traces.orphans).splitlines()[2:] == [
        "profiles   GET /profiles/<handle> ×2  (its parent did not arrive)"
    ]


def test_siblings_that_stand_apart_are_not_folded(traces):
    lines = tree.render(traces.skewed).splitlines()
    assert [line[11:] for line in lines] == [
        "GET /api/activities/home",
        "├─ GET",
        "│  └─ GET /profiles/<handle>",
        "├─ POST",
        "│  └─ INSERT feed",
        "└─ cache.get",
    ]


def test_columns_hold_with_any_script(traces):
    sample = traces.make(1)
    sample.roots[0].service = "後端"
    starts = [
        cell_len(line[: line.index(mark)])
        for line, mark in zip(
            tree.render(sample).splitlines(), ("GET", "└─", "   └─", "      └─"), strict=True
        )
    ]
    assert starts[0] == starts[1] == 11


def test_odd_names_stay_on_their_lines(traces):
    lines = tree.render(traces.odd).splitlines()
    assert len(lines) == 5
    assert lines[3].endswith("├─ two lines and□bell")
    assert lines[4].startswith("(no service) ")
    assert lines[4].endswith("└─ (no name)")


def test_equal_work_is_equal_text_whenever_it_ran(traces):
    later = traces.make(6)
    for span in later.spans:
        span.start_ns += 86_400 * 10**9
        span.duration_ms += 1.5
        span.span_id = "f" * 16
    assert tree.render(later) == tree.render(traces.home)


def test_two_hundred_spans_are_four_lines(traces):
    assert len(tree.render(traces.two_hundred).splitlines()) == 4


def test_a_trace_deeper_than_the_stack_is_a_tree_all_the_same(traces):
    lines = tree.render(traces.abyss).splitlines()
    assert len(lines) == 1500
    assert lines[-1].endswith("└─ level 1500")


def test_a_trace_without_spans_is_refused_in_words(traces):
    with pytest.raises(WorkshopError, match="Send the app a request"):
        tree.render(traces.empty)
