"""What each page shows of a walked workshop."""

import re
from urllib.parse import quote, urljoin

import pytest
from console_client import Elements
from walked import CALLS, GROUP, QUOTES, REQUESTS, XSS, path_of, trace_id, xray_id

from workshop.sandbox.console.recent_traces import percentile
from workshop.sandbox.console.rollbar_pages import Bins
from workshop.sandbox.xray.groups import create_group
from workshop.sandbox.xray.sampling_rules import create_sampling_rule
from workshop.sandbox.xray.sampling_statistics import add_statistics

OWN = {"Sec-Fetch-Site": "same-origin"}
FAILED = REQUESTS // 4
ROUTE = "&route=" + quote("GET /profiles/<handle>")


def shown(client, address):
    """A page's text, its white space folded."""
    return " ".join(Elements(client.text(address)).text.split())


def listed_traces(page):
    """The traces of the Honeycomb page's list, in its order."""
    return re.findall(r'<td><a href="\./honeycomb/trace/(\w+)"', page)


def test_overview_counts_what_arrived(client):
    page = shown(client, "/")
    for told in (f"{REQUESTS} traces", f"{REQUESTS} lines", "1 item", f"{FAILED} occurrences"):
        assert told in page
    assert "1 log group" in page
    assert XSS in page


def test_honeycomb_lists_the_latest_traces_first(client):
    page = client.text("/honeycomb")
    assert listed_traces(page) == [trace_id(number) for number in reversed(range(REQUESTS))]
    assert "2 errors" in page


def test_honeycomb_tells_how_long_routes_take(client):
    page = Elements(client.text("/honeycomb")).text
    rows = [" ".join(row.split()) for row in page.split("\n  \n")]
    even = [f"{20 + 30 * CALLS + number} ms" for number in range(0, REQUESTS, 2)]
    odd = [f"{20 + 30 * CALLS + number} ms" for number in range(1, REQUESTS, 2)]
    text = " ".join(rows)
    assert f"backend GET {path_of(0)} 4 0 {even[1]} {even[3]}" in text
    assert f"backend GET {path_of(1)} 4 ✗ 2 {odd[1]} {odd[3]}" in text
    assert f"GET /profiles/<handle> {CALLS * REQUESTS} ✗ 2 20 ms 20 ms" in text


def test_honeycomb_draws_requests_from_outside_as_a_heatmap(client):
    page = Elements(client.text("/honeycomb"))
    pictures = [each["aria-label"] for each in page.named("svg") if "aria-label" in each]
    shortest, longest = 20 + 30 * CALLS, 20 + 30 * CALLS + REQUESTS - 1
    told = f"Heatmap of {REQUESTS} requests, {shortest} ms to {longest} ms, {FAILED} failed"
    assert pictures == [told]
    squares = [each for each in page.named("a") if each.get("tabindex") == "-1"]
    assert len(squares) == REQUESTS
    assert f"1 request, 1 failed, the slowest GET {path_of(3)}, {shortest + 3} ms" in {
        each["aria-label"] for each in squares
    }
    assert {each["href"] for each in squares} == {
        f"./honeycomb/trace/{trace_id(number)}" for number in range(REQUESTS)
    }


def test_honeycomb_shows_one_route_alone(client):
    (route,) = [
        each["href"]
        for each in Elements(client.text("/honeycomb")).named("a")
        if each["href"].endswith(quote(f"GET {path_of(1)}", safe="/").replace("%20", "+"))
    ]
    page = client.text(urljoin("/honeycomb", route))
    assert listed_traces(page) == [trace_id(number) for number in (7, 5, 3, 1)]
    assert "Heatmap of 4 requests" in page
    assert f"Recent traces with GET {path_of(1)}" in page
    assert '<tr aria-current="true">' in page
    # Of profiles, a route that only backend has asked for.
    page = client.text("/honeycomb?service=" + quote(f"profiles{QUOTES}") + ROUTE)
    assert f"Heatmap of {CALLS * REQUESTS} requests" in page
    assert len(listed_traces(page)) == REQUESTS


def test_honeycomb_says_when_a_route_has_nothing(client):
    page = shown(client, "/honeycomb?service=backend&route=GET /gone")
    assert "Of backend: GET /gone nothing is among the latest 5,000 events. All routes" in page


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [([5.0], 50, 5.0), ([5.0], 99, 5.0), ([3, 1, 2, 4], 50, 2), (range(1, 201), 99, 198)],
)
def test_percentile_is_of_the_nearest_rank(values, part, expected):
    assert percentile(list(values), part) == expected


def test_a_trace_has_a_link_for_each_span(client, addresses):
    page = Elements(client.text(addresses["trace"]))
    rows = [each for each in page.named("a") if "#chosen" in each["href"]]
    assert len(rows) == 2 + 2 * CALLS
    assert rows[0]["aria-current"] == "true"
    assert rows[0]["aria-label"] == f"GET {path_of(3)}, backend, 113 ms, error: HTTP 500"
    assert "home" not in addresses["trace"]
    assert "http.response.status_code 500" in shown(client, addresses["trace"])


def test_a_span_that_is_chosen_stands_beside_the_waterfall(client, addresses):
    text = shown(client, addresses["span"])
    assert "exception after 1.0 ms exception.type KeyError" in text
    assert f"error: boom {XSS}" in text


def test_a_trace_that_is_too_large_is_not_drawn(client, addresses, monkeypatch):
    monkeypatch.setattr("workshop.sandbox.console.honeycomb_pages.DRAWN_EVENTS", 5)
    page = client.text(addresses["trace"])
    assert "The console draws up to 5." in page
    assert "<svg" not in page


def test_a_filter_takes_its_traces_and_their_map(client):
    page = shown(client, '/xray?filter=service("profiles") AND fault')
    assert f"the filter takes {FAILED}" in page
    assert "Service map of client, backend, profiles" in page
    assert f"client → backend ({FAILED} requests, {FAILED} faults)" in page
    assert f"backend → profiles ({FAILED * CALLS} requests)" in page


def test_a_filter_that_is_wrong_is_explained(client):
    page = Elements(client.text("/xray?filter=responsetim > 5"))
    (box,) = [each for each in page.named("input") if each.get("id") == "filter"]
    assert box["value"] == "responsetim > 5"
    assert box["aria-invalid"] == "true"
    assert "filter-refused" in box["aria-describedby"]
    assert "Did you mean 'responsetime'?" in page.text


def test_a_filter_that_takes_nothing_says_so(client):
    assert "No trace is taken by this filter." in shown(client, "/xray?filter=duration > 99")


def test_a_node_of_the_map_leads_to_its_traces(client):
    page = Elements(client.text("/xray"))
    (node,) = [each for each in page.named("a") if each.get("aria-label") == "Traces with profiles"]
    assert node["href"] == "./xray?filter=service(%22profiles%22)"


def test_sampling_rules_have_their_live_counts(empty):
    rule = {"RuleName": "home", "Priority": 7, "FixedRate": 0.25, "ReservoirSize": 3}
    rule |= {"ResourceARN": "*", "ServiceName": "backend", "ServiceType": "*", "Host": "*"}
    rule |= {"HTTPMethod": "GET", "URLPath": "/api/*", "Version": 1}
    create_sampling_rule(empty.store, {"SamplingRule": rule})
    report = {"RuleName": "home", "RequestCount": 1200, "SampledCount": 30, "BorrowCount": 1}
    with empty.store.transaction() as connection:
        add_statistics(connection, report, 1_790_000_000 * 10**9)
    assert "7 home backend * GET /api/* 3/s 0.25 1,200 30 1" in shown(empty, "/xray")
    assert "10000 Default * * * * 1/s 0.05 0 0 0" in shown(empty, "/xray")


def test_a_group_leads_to_its_traces(empty):
    create_group(empty.store, {"GroupName": "slow", "FilterExpression": "duration > 1"})
    page = Elements(empty.text("/xray"))
    links = [each["href"] for each in page.named("a") if "group.name" in each["href"]]
    assert links[1] == "./xray?filter=group.name+%3D+%22slow%22"
    assert empty.get(links[1].removeprefix(".")).status_code == 200
    assert "duration > 1" in page.text


def test_segments_tell_annotations_apart_from_metadata(client, addresses):
    text = shown(client, addresses["segments"])
    assert f"Annotations, which filter expressions find count 3 handle {XSS}" in text
    assert f"Metadata of ‘ns{XSS}’, which nothing finds" in text
    assert "response.status 500" in text
    assert "7 documents" not in text
    assert f"{1 + CALLS} documents" in text


def test_log_groups_tell_their_lines_and_retention(client):
    text = shown(client, "/cloudwatch")
    assert f"{GROUP} {REQUESTS} ✗ for ever: no retention is set STANDARD" in text


def test_a_pattern_takes_its_lines(client, addresses):
    everything = Elements(client.text(addresses["log group"])).named("summary")
    assert len(everything) == REQUESTS // 2
    page = Elements(client.text(addresses["log filter"]))
    assert f"{FAILED} lines: {FAILED} ERROR" in page.text
    assert len(page.named("tr")) == 1 + FAILED


def test_lines_are_drawn_by_level_over_time(client, addresses):
    page = Elements(client.text(addresses["log group"]))
    (picture,) = [each for each in page.named("svg") if each.get("class") == "picture"]
    levels = f"{REQUESTS - FAILED} INFO, {FAILED} ERROR"
    assert picture["aria-label"] == f"Log volume, {REQUESTS} lines: {levels}"


def test_a_pattern_that_is_wrong_is_explained(client, addresses):
    page = Elements(client.text(addresses["log bad filter"]))
    (box,) = [each for each in page.named("input") if each.get("id") == "pattern"]
    assert box["aria-invalid"] == "true"
    assert "pattern-refused" in box["aria-describedby"]
    assert len(page.named("tr")) == 0


def test_insights_gives_a_table_and_bars(client):
    address = "/cloudwatch/insights?query=stats count(*) as n by level | sort n desc"
    page = Elements(client.text(address))
    text = " ".join(page.text.split())
    assert f"{REQUESTS} of {REQUESTS} lines matched" in text
    assert [each["aria-label"] for each in page.named("svg")] == ["Chart: n by level"]
    widths = [float(each["width"]) for each in page.named("rect") if each.get("class") == "bar"]
    assert len(widths) == 3
    # Half of the lines are no JSON, so they have no level; of the others two are errors.
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)
    assert "level n 4 ERROR 2 INFO 2" in text


def test_insights_draws_times_from_left_to_right(client, addresses):
    page = Elements(client.text(addresses["insights result"]))
    assert [each["aria-label"] for each in page.named("svg")] == ["Chart: count(*) over time"]
    columns = [each for each in page.named("rect") if each.get("class") == "bar"]
    assert len({each["x"] for each in columns}) == len(columns) > 3


def test_insights_draws_nothing_for_lines(client, addresses):
    assert Elements(client.text(addresses["insights lines"])).named("svg") == []


def test_insights_begins_with_queries_that_run(client):
    page = Elements(client.text("/cloudwatch/insights"))
    examples = [each["href"] for each in page.named("a") if "query=" in each["href"]]
    assert len(examples) == 4
    for address in examples:
        told = shown(client, urljoin("/cloudwatch/insights", address))
        assert "lines matched" in told, address


@pytest.mark.parametrize("page", ["/xray", f"/cloudwatch/group?name={GROUP}"])
def test_a_filter_box_begins_with_filters_that_it_takes(client, page):
    links = [each["href"] for each in Elements(client.text(page)).named("a")]
    name = "filter" if page == "/xray" else "pattern"
    examples = [each for each in links if re.search(rf"\?(name=[\w-]+&)?{name}=", each)]
    assert len(examples) >= 3
    for address in examples:
        assert 'role="alert"' not in client.text(urljoin(page, address)), address


@pytest.mark.parametrize(
    ("asked", "told"),
    [("900", "the last 15 minutes"), ("", "all time"), ("bogus", "the last hour")],
)
def test_insights_says_which_time_it_looked_at(client, asked, told):
    query = 'fields @message | filter @message = "never"'
    page = shown(client, f"/cloudwatch/insights?range={asked}&query={query}")
    assert f"No line of {told} meets it." in page


def test_insights_says_what_is_wrong(client):
    page = Elements(client.text("/cloudwatch/insights?query=bogus x"))
    (box,) = page.named("textarea")
    assert box["aria-invalid"] == "true"
    assert "'bogus' is not a command" in page.text


def test_insights_says_when_it_looked_at_a_part_only(client, monkeypatch):
    monkeypatch.setattr("workshop.sandbox.console.cloudwatch_pages.QUERIED", 3)
    text = shown(client, "/cloudwatch/insights?query=fields @message")
    assert "Only about the latest 3 lines were looked at" in text


def test_an_item_tells_its_stack_own_frames_first(client):
    text = shown(client, "/rollbar/item/1")
    assert text.index("app/services/search.py:12") < text.index("1 frame of libraries")
    assert f"Its locals handle {XSS}" in text
    assert f"person {XSS}" in text


def test_another_occurrence_can_be_chosen(client):
    page = client.text("/rollbar/item/1")
    numbers = re.findall(r"occurrence=(\d+)", page)
    assert len(numbers) == FAILED
    first = client.text(f"/rollbar/item/1?occurrence={numbers[-1]}")
    assert f"Occurrence {numbers[-1]}" in first
    assert f"Occurrence {numbers[0]}<" not in first


def test_an_item_is_resolved_and_opened_again(client):
    def listed(status):
        return "#1 KeyError" in shown(client, f"/rollbar?status={status}")

    for status in ("resolved", "muted", "active"):
        answer = client.post("/rollbar/item/1", {"status": status}, **OWN)
        assert answer.headers["Location"] == "../../rollbar/item/1"
        assert listed(status)
        others = {"active", "resolved", "muted"} - {status}
        assert not any(listed(other) for other in others)
        assert listed("all")


@pytest.mark.parametrize(
    ("counter", "status"), [("1", "archived"), ("1", ""), ("1", XSS), ("99", "resolved")]
)
def test_what_cannot_be_changed_is_refused(client, counter, status):
    answer = client.post(f"/rollbar/item/{counter}", {"status": status}, **OWN)
    assert answer.status_code in (400, 404)


def test_bars_are_as_high_as_the_highest():
    assert Bins([0, 0], 0, 1).most == 1
    assert Bins([3, 7], 0, 1).most == 7


def test_items_are_told_by_level(client):
    assert "#1 KeyError" in client.text("/rollbar?level=error")
    assert "No item is active and of the level debug" in shown(client, "/rollbar?level=debug")


def test_xray_and_honeycomb_name_each_others_trace(client, addresses, walked):
    segments = client.text(addresses["segments"])
    assert f"../../honeycomb/trace/{trace_id(3)}" in segments
    start = walked.walk.begin(3)
    assert f"../../xray/trace/{xray_id(3, start)}" in client.text(addresses["trace"])
