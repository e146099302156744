"""What an Insights query has found becomes a table, and a chart where there is a number."""

import pytest

from workshop.sandbox.cloudwatch.insights import QueryResult
from workshop.sandbox.console.query_results import BARS, tabulate

EVERY_MINUTE = [f"2026-11-28 17:{minute:02}:00.000" for minute in range(4)]


KEYS = ("key", "route", "level", "status", "bin(1m)", "bin(1s)")


def table(*rows, names=None):
    """A result's table; it is told apart by what bears the name of a key."""
    names = names or list(dict.fromkeys(name for row in rows for name in row))
    keys = [name for name in names if name in KEYS]
    return tabulate(QueryResult(names, keys, list(rows), 0, 0, 0))


def test_columns_stand_in_the_querys_order_and_empty_ones_are_left_out():
    found = table({"n": "4"}, {"level": "INFO", "n": "2"}, names=["level", "gone", "n", "@ptr"])
    assert found.columns == ["level", "n"]
    assert found.rows == [["", "4"], ["INFO", "2"]]


def test_numbers_are_told_from_texts_and_are_short():
    found = table(
        {"route": "/a", "ms": "410.49199999999996", "size": "1e3", "n": "12", "mixed": "1"},
        {"route": "/b", "ms": "31.892", "size": "0.00001", "n": "3", "mixed": "x"},
    )
    assert found.numeric == {"ms", "size", "n"}
    assert found.rows[0] == ["/a", "410.492", "1e3", "12", "1"]
    assert found.rows[1] == ["/b", "31.892", "0.00001", "3", "x"]


@pytest.mark.parametrize("odd", ["nan", "inf", "-Infinity", "1e200", ""])
def test_what_is_no_number_that_can_be_drawn_makes_no_chart(odd):
    assert table({"key": "a", "n": odd}, {"key": "b", "n": "1"}).chart is None


def test_labels_make_bars_of_the_last_number():
    chart = table({"route": "/a", "n": "2", "ms": "7"}, {"route": "/b", "n": "3", "ms": "9"}).chart
    assert (chart.title, chart.values, chart.length_ms) == ("ms by route", {"/a": 7, "/b": 9}, 0)


def test_several_keys_make_one_label():
    chart = table({"level": "INFO", "route": "/a", "n": "2"}, {"route": "/b", "n": "3"}).chart
    assert chart.values == {"INFO · /a": 2, "– · /b": 3}


def test_a_key_that_is_a_number_is_a_label_all_the_same():
    chart = table({"status": "200", "n": "2"}, {"status": "404", "n": "3"}).chart
    assert (chart.title, chart.values) == ("n by status", {"200": 2, "404": 3})


def test_one_number_alone_is_a_bar():
    assert table({"count(*)": "7"}).chart.values == {"count(*)": 7}


def test_times_alone_make_columns():
    rows = [{"bin(1m)": time, "n": str(number)} for number, time in enumerate(EVERY_MINUTE)]
    # One is missing, and the latest comes first, as CloudWatch answers.
    chart = table(rows[3], rows[1], rows[0]).chart
    assert chart.title == "n over time"
    assert chart.length_ms == 60_000
    assert [value for _, value in sorted(chart.values.items())] == [0, 1, 3]


def test_times_beside_another_key_or_too_many_make_bars():
    with_level = [{"bin(1m)": time, "level": "INFO", "n": "1"} for time in EVERY_MINUTE]
    assert table(*with_level).chart.length_ms == 0
    far = ["2026-11-28 17:00:00.000", "2026-11-28 17:00:01.000", "2026-11-29 17:00:00.000"]
    assert table(*({"bin(1s)": time, "n": "1"} for time in far)).chart.length_ms == 0


def test_of_very_many_rows_the_first_have_bars():
    chart = table(*({"key": str(number), "n": "1"} for number in range(BARS + 7))).chart
    assert len(chart.values) == BARS
    assert chart.left_out == 7


def test_log_lines_make_no_chart():
    assert table({"@message": "x", "n": "1", "@ptr": "p"}).chart is None
