"""A month's arithmetic, and the tables and JSON that tell it."""

import json
from dataclasses import replace

import pytest

from workshop.cost.month import SECONDS, count_recorded, work_out
from workshop.cost.prices import read_prices
from workshop.cost.report import WIDTH, Cost
from workshop.cost.volumes import Kind, Measured, Volume

GOOD = Kind("/api/activities/home", "GET")
BAD = Kind("/api/activities", "POST", fails=True)
MEASURED = Measured(
    requests={GOOD: 4, BAD: 2},
    volumes={GOOD: Volume(56, 4, 35_420, 28, 8_459, 0), BAD: Volume(4, 2, 3_914, 4, 5_090, 2)},
    beside=Volume(log_events=6, log_bytes=900),
)


def test_a_month_is_of_good_and_failing_requests_in_the_share_that_is_asked_for():
    events, traces, log_bytes, occurrences = work_out(MEASURED, 1_000_000, failing=0.01)
    assert events.units == pytest.approx(990_000 * 14 + 10_000 * 2)
    assert log_bytes.units == pytest.approx(990_000 * 8_459 / 4 + 10_000 * 2_545 + 1e6 * 150)
    assert occurrences.units == pytest.approx(10_000)
    assert traces.units == 1_000_000
    assert traces.dollars == pytest.approx(4.5)
    assert occurrences.dollars is None


@pytest.mark.parametrize(
    ("requests", "recorded"),
    [
        (1, 1),
        (int(SECONDS), int(SECONDS)),
        (int(SECONDS) + 2_000, int(SECONDS) + 100),
        (1_000_000_000, SECONDS + 0.05 * (1_000_000_000 - SECONDS)),
    ],
)
def test_x_ray_records_one_a_second_and_a_twentieth_of_the_others(requests, recorded):
    assert count_recorded(requests) == pytest.approx(recorded, abs=1)


def test_an_app_without_x_ray_pays_nothing_for_it():
    measured = Measured({GOOD: 1}, {GOOD: Volume(events=1)})
    assert work_out(measured, 10_000_000, 0)[1].units == 0


def test_spans_are_paid_by_their_bytes_at_a_price_that_is_not_made_up():
    cost = Cost(replace(MEASURED, as_spans=True))
    line = cost.lines[1]
    assert line.units == pytest.approx(999_000 * 35_420 / 4 + 1_000 * 1_957)
    text = cost.as_text()
    row = next(each for each in text.splitlines() if each.startswith("X-Ray"))
    assert row.split() == ["X-Ray", "8.8", "GB", "?", "see", "its", "page", "?"]
    assert "built-in rule" not in text
    assert line.price.vendor_page in text
    month = json.loads(cost.as_json())["month"]["vendors"][1]
    assert (month["dollars"], month["free"], month["confidence"]) == (None, None, "unknown")


def test_a_log_group_of_the_cheap_class_has_its_own_price():
    measured = Measured({GOOD: 1}, {GOOD: Volume()}, log_class="INFREQUENT_ACCESS")
    assert work_out(measured, 1, 0)[2].price is read_prices()["cloudwatch-infrequent-access"]


@pytest.mark.parametrize("requests", [1, 1_000_000, 10_000_000_000])
def test_no_line_is_too_wide_and_nothing_is_cut_off(requests):
    text = Cost(MEASURED, "production", requests).as_text()
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "…" not in text


def test_tables():
    text = str(Cost(MEASURED, "development"))
    rows = {line.split("  ")[0]: line.split() for line in text.splitlines() if line}
    assert rows["GET /api/activities/home"][2:] == ["4", "14", "1", "8,900", "7", "2,100", "0"]
    assert rows["POST /api/activities → 500"][-6:] == ["2", "1", "2,000", "2", "2,500", "1"]
    assert rows["outside of requests, in all"][-6:] == ["0", "0", "0", "6", "900", "0"]
    assert rows["Honeycomb"][1:4] == ["14", "million", "events"]
    assert rows["X-Ray"][-1] == "$4.50"


def test_what_a_third_party_says_is_marked_and_the_vendors_own_page_named():
    text = Cost(MEASURED).as_text()
    for line in Cost(MEASURED).lines:
        row = next(each for each in text.splitlines() if each.startswith(line.price.vendor))
        assert ("*" in row) == line.price.is_third_party
        assert line.price.vendor_page in text
        assert line.price.source in text


def test_a_plan_that_is_too_small_is_not_said_to_be_the_price():
    def cost(failing):
        text = Cost(MEASURED, failing=failing).as_text()
        return next(line for line in text.splitlines() if line.startswith("Rollbar"))

    assert cost(0.001).endswith("nothing")
    assert cost(0.01).endswith("from $19")
    assert cost(0.1).endswith("over $19")


def test_a_run_without_a_failure_says_so():
    assert "No request failed" in Cost(Measured({GOOD: 1}, {GOOD: Volume()})).as_text()
    assert "No request failed" not in Cost(MEASURED).as_text()


def test_json_is_exact():
    told = json.loads(Cost(MEASURED, "production").as_json())
    assert told["total"]["segment_bytes"] == 39_334
    assert [each["requests"] for each in told["kinds"]] == [2, 4]
    assert told["month"]["vendors"][1]["dollars"] == 4.5


def test_two_runs_are_compared_per_hundred_requests():
    assert Cost(MEASURED).per_hundred() == pytest.approx(1000)
