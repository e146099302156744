"""Discovered fields, the order of `sort`, and patterns, by examples of AWS's pages."""

import json

import pytest
from insights_events import GROUP, START

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.insights import run_query
from workshop.sandbox.cloudwatch.insights.patterns import compile_regex
from workshop.sandbox.cloudwatch.insights.rows import FIELDS_LIMIT, discover_fields
from workshop.sandbox.cloudwatch.insights.values import Time, natural_key, show

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
CLOUDTRAIL = {
    "eventVersion": "1.0",
    "userIdentity": {"type": "IAMUser", "userName": "Alice"},
    "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-abcde123"}]}},
    "responseElements": {
        "instancesSet": {
            "items": [{"instanceId": "i-abcde123", "currentState": {"code": 0, "name": "pending"}}]
        }
    },
}
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Sort.html
ASCENDING = [
    *("!:", "#", "*%04", "0#", "5A", "111A", "2345_", "@", "@_", "A", "A9876fghj", "a12345hfh"),
    *("0", "01", "1", "2", "3"),
]


def test_fields_of_the_pages_example_have_the_names_it_says():
    assert discover_fields(json.dumps(CLOUDTRAIL)) == {
        "eventVersion": "1.0",
        "userIdentity.type": "IAMUser",
        "userIdentity.userName": "Alice",
        "requestParameters.instancesSet.items.0.instanceId": "i-abcde123",
        "responseElements.instancesSet.items.0.instanceId": "i-abcde123",
        "responseElements.instancesSet.items.0.currentState.code": 0,
        "responseElements.instancesSet.items.0.currentState.name": "pending",
    }


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("not JSON", {}),
        ('INFO {"level": "INFO"}', {}),
        ('{"level": "INFO"} and more', {}),
        ('["a"]', {}),
        ("", {}),
        ('{"a": NaN}', {}),
        ("{" * 100_000, {}),
        ('{"a":' * 100_000, {}),
        (' {"a": 1}\n', {"a": 1}),
        ('{"a": {}, "b": [], "c": null}', {}),
        ('{"@example.com": "x"}', {"@@example.com": "x"}),
        ('{"a": {"@b": "x"}}', {"a.@b": "x"}),
        ('{"a": "{\\"b\\": 1}"}', {"a": '{"b": 1}'}),
        ('{"a": 1e999}', {"a": "1e999"}),
        ('{"a": [1, [2, "x"]]}', {"a.0": 1, "a.1.0": 2, "a.1.1": "x"}),
    ],
)
def test_only_whole_json_objects_have_fields(message, fields):
    assert discover_fields(message) == fields


def test_a_maximum_of_200_fields_is_extracted():
    message = json.dumps({f"f{number}": number for number in range(FIELDS_LIMIT + 1)})
    fields = discover_fields(message)
    assert len(fields) == 200
    assert "f199" in fields
    assert "f200" not in fields


def test_the_order_is_that_of_the_pages_example():
    assert sorted(sorted(ASCENDING), key=natural_key) == ASCENDING


def test_numbers_are_ordered_as_numbers_and_nothing_comes_first():
    values = [10.5, "9.75", -3, None, "x10", "x9", Time(5), "01"]
    expected = [None, "x9", "x10", -3, "01", Time(5), "9.75", 10.5]
    assert sorted(values, key=natural_key) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Time(1_795_341_600_001), "2026-11-22 10:00:00.001"),
        (Time(0), "1970-01-01 00:00:00.000"),
        (3, "3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (True, "1"),
        (False, "0"),
        ("007", "007"),
    ],
)
def test_results_are_strings(value, shown):
    assert show(value) == shown


@pytest.mark.parametrize("moment", [-1, 253_402_300_800_000])
def test_a_time_beyond_the_calendar_is_refused(moment):
    with pytest.raises(ApiError, match="before 1970 or after the year 9999"):
        show(Time(moment))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(?i)error|fail", "FAIL", "FAIL"),
        ("^(?i)exception$", "Exception", "Exception"),
        ("a(?i)b", "aB", "aB"),
        ("a(?i)b", "AB", None),
        ("((?i)a)b", "Ab", "Ab"),
        ("((?i)a)b", "AB", None),
        ("(?i:a)b", "Ab", "Ab"),
        (r"\d+", "٣", None),
        (r"\w", "é", None),
        (r"[\d.]+", "v1.5", "1.5"),
        ("[]a]+", "a]", "a]"),
        ("a{2,3}", "aaaa", "aaa"),
        ("a+?", "aaa", "a"),
        (r"\/api\/", "x/api/y", "/api/"),
        ("a.c", "a\nc", None),
        ("(?s)a.c", "a\nc", "a\nc"),
    ],
)
def test_regular_expressions_find_what_others_find(pattern, text, found):
    match = compile_regex(pattern).search(text)
    assert (match and match[0]) == found


def test_times_are_inclusive_and_the_latest_comes_first(add_messages):
    store = add_messages(["a", "b", "c", "d"])
    with store.reader() as reader:
        found = run_query(
            reader, (GROUP,), "fields @message", (START + 1) * 1000, (START + 2) * 1000
        )
    assert [row["@message"] for row in found.rows] == ["c", "b"]


def test_expired_events_are_not_found(add_messages, monkeypatch):
    store = add_messages(["a", "b", "c"], retention_days=1)
    now_ns = (START + 86_400 + 1) * 10**9
    monkeypatch.setattr("time.time_ns", lambda: now_ns)
    with store.reader() as reader:
        found = run_query(reader, (GROUP,), "sort @timestamp", 0, 2 * START * 1000)
    assert [row["@message"] for row in found.rows] == ["b", "c"]
    assert found.records_scanned == 2


def test_there_are_10000_rows_if_nobody_says_a_limit(add_messages):
    store = add_messages(["x"] * 10_001)
    with store.reader() as reader:
        for text, limit, count in [
            ("fields @message", None, 10_000),
            ("fields @message", 10, 10),
            ("fields @message", 20_000, 10_001),
            ("fields @message | limit 10001", None, 10_001),
            ("fields @message | limit 7", 10, 7),
        ]:
            found = run_query(reader, (GROUP,), text, 0, 2 * START * 1000, limit)
            assert (len(found.rows), found.records_matched) == (count, 10_001)


def test_bytes_are_counted_in_utf_8(add_messages):
    store = add_messages(["añ", "日本"])
    with store.reader() as reader:
        assert run_query(reader, (GROUP,), "limit 1", 0, 2 * START * 1000).bytes_scanned == 9
