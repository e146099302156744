"""Each vendor's own client meets its back end refused, silent, late, unwell and killed."""

import threading
import time

import fault_clients as clients
import pytest
import requests
from otlp_clients import wait_until

from workshop.errors import WorkshopError
from workshop.sandbox.faults.modes import DOWN_SECONDS, LATE_SECONDS, MODES, VENDORS, Fault


def test_nothing_is_broken_at_first_and_all_clients_are_served(sandbox, caplog):
    assert sandbox.doors.faults == []
    assert clients.export_span(sandbox, caplog, clients.PATIENT) == (True, "")
    assert clients.create_group(sandbox, "a", clients.PATIENT) == ""
    assert clients.ask_rules(sandbox, clients.PATIENT) == ""
    assert clients.report_item(sandbox, "hello", clients.PATIENT) == ""
    clients.send_segment(sandbox, "a")
    sandbox.end_daemon()
    tables = ("honeycomb_traces", "cloudwatch_log_groups", "rollbar_items", "xray_traces")
    assert [clients.count(sandbox, table) for table in tables] == [1, 1, 1, 1]


UNREACHABLE = "EndpointConnectionError"
HANGS = "ReadTimeoutError"
FAILED = "500 InternalFailure"


@pytest.mark.parametrize(
    ("mode", "honeycomb", "cloudwatch", "xray", "rollbar"),
    [
        ("refused", "Connection refused", UNREACHABLE, UNREACHABLE, "Connection refused"),
        ("silent", "due to timeout", HANGS, HANGS, "Read timed out"),
        ("late", "due to timeout", HANGS, HANGS, "Read timed out"),
        ("500", "500, reason: Internal Server Error", FAILED, FAILED, "internal server error"),
        (
            "429",
            "Transient error Too Many Requests",
            "400 ThrottlingException",
            "429 ThrottledException",
            "over rate limit",
        ),
    ],
)
def test_what_each_client_meets(sandbox, caplog, mode, honeycomb, cloudwatch, xray, rollbar):
    for vendor in VENDORS:
        sandbox.doors.break_vendor(vendor, mode)
    assert sandbox.doors.faults == [Fault(vendor, mode) for vendor in VENDORS]
    # Time enough for a second attempt, before which it says why; not enough for a late answer.
    seconds = clients.TIMEOUT if mode in ("silent", "late") else 2 * clients.TIMEOUT
    arrived, said = clients.export_span(sandbox, caplog, seconds)
    assert not arrived
    assert honeycomb in said
    assert clients.create_group(sandbox, "a") == cloudwatch
    assert clients.ask_rules(sandbox) == xray
    assert rollbar in clients.report_item(sandbox, "hello")
    clients.send_segment(sandbox, "a")
    for table in ("honeycomb_traces", "cloudwatch_log_groups", "rollbar_items"):
        assert clients.count(sandbox, table) == 0
    # The sandbox's own port is well, so that one can look.
    assert requests.get(f"{sandbox.url}/health", timeout=10).json()["sandbox"]
    for vendor in VENDORS:
        sandbox.doors.mend(vendor)
    assert sandbox.doors.faults == []
    assert clients.export_span(sandbox, caplog, clients.PATIENT)[0]
    assert clients.create_group(sandbox, "a", clients.PATIENT) == ""
    assert clients.ask_rules(sandbox, clients.PATIENT) == ""


def test_late_is_late_by_so_much_and_loses_nothing_of_who_waits(sandbox):
    sandbox.doors.break_vendor("cloudwatch", "late")
    began = time.monotonic()
    assert clients.create_group(sandbox, "a", clients.PATIENT) == ""
    assert time.monotonic() - began >= LATE_SECONDS
    assert clients.count(sandbox, "cloudwatch_log_groups") == 1


def test_many_who_wait_are_late_at_the_same_time(sandbox):
    sandbox.doors.break_vendor("cloudwatch", "late")
    # To make one takes longer than the request, on a machine that is busy with other things.
    ready = [clients.logs_client(sandbox, 4 * clients.PATIENT) for _ in range(24)]
    threads = [
        threading.Thread(target=each.create_log_group, kwargs={"logGroupName": f"g{n}"})
        for n, each in enumerate(ready)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clients.count(sandbox, "cloudwatch_log_groups") == 24
    # Eight threads serve: one after another they would take three times as long.
    assert time.monotonic() - began < 3 * LATE_SECONDS


def test_one_that_is_broken_leaves_the_others_well(sandbox, caplog):
    sandbox.doors.break_vendor("honeycomb", "silent")
    assert clients.create_group(sandbox, "a", clients.PATIENT) == ""
    assert clients.ask_rules(sandbox, clients.PATIENT) == ""
    assert clients.report_item(sandbox, "hello", clients.PATIENT) == ""


@pytest.mark.parametrize("mode", MODES)
def test_the_daemon_lets_through_what_its_mode_allows(sandbox, mode):
    sandbox.doors.break_vendor("xray", mode)
    clients.send_segment(sandbox, "meanwhile")
    if mode == "late":
        wait_until(lambda: clients.count(sandbox, "xray_traces") == 1, "a late segment")
    sandbox.doors.mend("xray")
    clients.send_segment(sandbox, "afterwards")
    wait_until(lambda: clients.count(sandbox, "xray_traces") == 1 + (mode == "late"), "a segment")
    with sandbox.reader() as reader:
        names = {row[0] for row in reader.execute("SELECT name FROM xray_segment_documents")}
    assert names == {"afterwards", "meanwhile"} if mode == "late" else {"afterwards"}


def test_killed_breaks_off_what_is_under_way_and_comes_back(sandbox):
    sandbox.doors.break_vendor("cloudwatch", "silent")
    said = []
    asking = threading.Thread(
        target=lambda: said.append(clients.create_group(sandbox, "a", clients.DEADLINE))
    )
    asking.start()
    # The request is there once its connection is.
    wait_until(lambda: _is_connected(sandbox, "cloudwatch"), "the request")
    began = time.monotonic()
    sandbox.doors.break_vendor("cloudwatch", "killed")
    asking.join(clients.DEADLINE)
    assert said == ["ConnectionClosedError"]
    assert clients.create_group(sandbox, "a") in ("EndpointConnectionError", "")
    wait_until(lambda: not sandbox.doors.faults, "its return")
    assert time.monotonic() - began >= DOWN_SECONDS
    assert clients.create_group(sandbox, "b", clients.PATIENT) == ""


def test_one_that_was_killed_can_be_mended_before_it_comes_back(sandbox):
    sandbox.doors.break_vendor("rollbar", "killed")
    sandbox.doors.mend("rollbar")
    sandbox.doors.break_vendor("rollbar", "refused")
    assert clients.report_item(sandbox, "x") != ""
    assert sandbox.doors.faults == [Fault("rollbar", "refused")]


def test_a_word_that_is_not_there_is_refused(sandbox):
    with pytest.raises(WorkshopError, match="no vendor 'honeycom'"):
        sandbox.doors.break_vendor("honeycom", "silent")
    with pytest.raises(WorkshopError, match="no mode 'down'"):
        sandbox.doors.break_vendor("honeycomb", "down")


def test_a_page_from_elsewhere_breaks_nothing(sandbox):
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = requests.put(
            f"{sandbox.url}/faults/honeycomb", json={"mode": "silent"}, headers=headers, timeout=10
        )
        assert answer.status_code == 403
    assert requests.get(f"{sandbox.url}/faults", timeout=10).json() == {}


def _is_connected(sandbox, vendor):
    return any(door.vendor == vendor and door.connections for door in sandbox.doors.doors)
