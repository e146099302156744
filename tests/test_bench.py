"""The benchmarks' own arithmetic and pages; what they measure is no test's affair."""

import itertools
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from bench import environments, ingest, load, report, servers, waiting
from bench.measuring import Spread, ratios, summarize, take_turns
from bench.run import PARTS
from workshop.errors import WorkshopError


def turns(*values):
    return {key: list(values) for key in (*report.COLUMNS, "memory", "start")}


OVERHEAD = {
    "variants": {"bare": turns(100.0, 200.0), "step 01": turns(200.0, 600.0)},
    "absent": ["elastic: no network"],
}


def test_a_ratio_is_taken_within_its_turn():
    # The second turn was slow for both: that is the machine's doing.
    assert ratios([2.0, 20.0, 3.0], [1.0, 10.0, 1.0]) == Spread(2.0, 2.0, 2.5)
    assert summarize([4.0]) == Spread(4.0, 4.0, 4.0)


def test_turns_begin_with_another_one_each_time():
    order = []
    doing = {name: lambda name=name: order.append(name) or {"n": 1.0} for name in "abc"}
    assert len(list(take_turns(2, doing, "x"))) == 6
    assert order == ["a", "b", "c", "b", "c", "a"]


def test_ctrl_c_keeps_the_turns_that_are_whole():
    left = [1, 2, 3]

    def measure():
        if not left:
            raise KeyboardInterrupt
        return {"n": float(left.pop(0))}

    found = list(take_turns(5, {"a": measure, "b": measure}, "x"))
    assert found == [("a", {"n": 1.0}), ("b", {"n": 2.0})]


def test_the_table_has_ratios_with_their_spread_and_says_who_is_left_out():
    table = report.render_overhead(OVERHEAD)
    assert "| step 01 | 2.50 (2.25–2.75) |" in table
    assert "Left out: elastic: no network" in table


WRK = """Running 3s test @ http://127.0.0.1:1/api/activities/@noor
  1 threads and 4 connections
  Latency Distribution
     50%  850.00us
     75%    1.90ms
     90%    2.70ms
     99%    1.20s
  1500 requests in 3.00s, 2.10MB read
Requests/sec:    500.25
Transfer/sec:    717.00KB
"""


def test_what_wrk_says_is_read_in_one_unit():
    assert load.read(WRK) == {"rate": 500.25, "p50": 0.85, "p99": 1200.0}


@pytest.mark.parametrize("bad", ["  Non-2xx or 3xx responses: 3\n", "  Socket errors: connect 1\n"])
def test_a_load_that_was_not_answered_is_no_measurement(bad):
    with pytest.raises(RuntimeError, match=bad.strip()):
        load.read(WRK + bad)
    with pytest.raises(RuntimeError, match="says something else"):
        load.read("unable to connect")


def test_under_load_each_is_compared_with_the_bare_app():
    bare = {"rate": [1000.0], "p50": [1.0], "p99": [2.0]}
    step = {"rate": [400.0], "p50": [2.5], "p99": [8.0]}
    table = report.render_load({"variants": {"bare": bare, "step 01": step}, "absent": []})
    assert "| step 01 | 0.40 (0.40–0.40) | 2.50 (2.50–2.50) | 4.00 (4.00–4.00) |" in table


def test_of_the_sandbox_and_its_peer_the_ratio_is_told():
    one = {"wall": 30_000.0, "cpu": 60_000.0, "memory": 70.0}
    other = {"wall": 10_000.0, "cpu": 20_000.0, "memory": 50.0}
    rates = {"spans": {"sandbox": [one], "straightforward": [other], "gone": []}}
    table = report.render_ingest({"rates": rates, "absent": []})
    assert "**3.00 (3.00–3.00)**" in table
    assert "gone" not in table


def test_what_is_written_by_hand_stays():
    page = "before\n<!-- ingest: written -->\nold\n<!-- end of ingest -->\nafter\n"
    filled = report.fill(page, "ingest", "new")
    assert filled == page.replace("old", "new")
    assert report.fill(filled, "ingest", "new") == filled
    with pytest.raises(WorkshopError, match="no markers for overhead"):
        report.fill(page, "overhead", "new")


def test_the_page_has_a_place_for_each_part(repository):
    page = (repository / "docs" / "performance.md").read_text("utf-8")
    for part in PARTS:
        assert report.fill(page, part, "new") != page


def test_learners_are_told_by_their_number():
    told = {"memory": 205.4, "ready": 16.6, "page": 0.123, "own": 10}
    table = report.render_learners({"learners": {"10": told}, "absent": []})
    assert "| 10 | 205 | 17 | 123 | 10 |" in table


def test_reads_are_told_by_size_with_how_many_times_as_long():
    start = [{"used": 0.4, "ready": 0.6, "memory": 58.0}]
    reads = {"one trace": {"10000": [1.0, 1.0], "1000000": [1.5, 1.5]}}
    table = report.render_reads({"reads": reads, "start": start, "absent": []})
    assert "| one trace | 1.00 | 1.50 | 1.50 (1.50–1.50) |" in table
    assert "ready after 0.40 s" in table


def cell(notebook, first_line, seconds, silent, *, shows_picture=False):
    return vars(waiting.Cell(notebook, first_line, seconds, silent, shows_picture))


def test_the_way_to_the_first_trace_is_told_by_its_parts():
    names = ("`git clone`, warm", "`make setup`, warm", "`workshop lab`, until it is ready")
    rows = [*zip(names, (1.0, 10.0, 5.0), strict=True), ("JupyterLab alone, likewise", 4.0)]
    found = {
        "install": [{"what": what, "wall": wall, "cpu": 1.0} for what, wall in rows],
        "commands": {"`workshop check 1`": [{"wall": 2.0, "cpu": 1.0}, {"wall": 3.0, "cpu": 1.0}]},
        "cells": [
            cell(0, "hello()", 9.0, 9.0),
            cell(1, "import lab", 2.0, 0.5),
            cell(1, "lab.waterfall()", 3.0, 3.0, shows_picture=True),
            cell(1, "later | on", 5.0, 4.5, shows_picture=True),
        ],
        "absent": [],
    }
    table = report.render_waiting(found)
    assert "| `workshop check 1` | 2.5 (2.2–2.8) | 1.0 (1.0–1.0) | |" in table
    assert "the cache: **21.0 s**" in table
    assert "× 1.5 of what packages" in table
    assert "| 01 | 10 | 5.0 | 4.5 | `later   on` |" in table


def test_a_cell_is_watched_until_it_says_something(monkeypatch):
    # A clock that goes on by one each time it is looked at: at the start, at the word, at the end.
    clock = SimpleNamespace(perf_counter=itertools.count().__next__)
    monkeypatch.setattr(waiting, "time", clock)
    source = "import time\ndisplay('there')\ndisplay('and there')"
    notebook = new_notebook(cells=[new_markdown_cell("# A title"), new_code_cell(source)])
    watch = waiting.Watch(3)
    watch.make_client()(notebook, timeout=60, kernel_name="python3").execute()
    (seen,) = watch.cells
    assert (seen.notebook, seen.first_line, seen.shows_picture) == (3, "import time", False)
    assert (seen.silent, seen.seconds) == (1, 2)


def test_a_peer_that_cannot_be_had_is_left_out(monkeypatch):
    def refuse(peer):
        raise environments.CannotInstallError(f"{peer}: no network")

    monkeypatch.setattr(environments, "make", refuse)
    absent = []
    assert servers.find_peers(("moto", "oteltap"), absent) == {}
    assert absent == ["moto: no network", "oteltap: no network"]


def test_every_peer_has_its_requirements():
    for name in servers.PEERS:
        assert "==" in (environments.PEERS / f"{name}.txt").read_text("utf-8")


def test_the_sandbox_is_measured_by_what_it_acknowledges(tmp_path):
    with servers.run_sandbox(tmp_path) as server:
        calls = [
            *ingest.make_spans(server.url, 2),
            *ingest.make_segments(server.url, 2),
            *ingest.make_lines(server.url, 1),
            *ingest.make_items(server.url, 2),
        ]
        assert ingest._send(server.url, calls) == len(calls)
        ingest._send_datagrams(server, range(100, 120), 1_000)
        assert ingest._are_all_kept(server, 20)
