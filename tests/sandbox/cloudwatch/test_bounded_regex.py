"""A learner's expression that would run for ever is stopped, wherever it is written."""

import itertools
import re
import sqlite3
import time

import pytest
from cloudwatch_clients import GROUP, HOUR, now, refused

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch import bounded_regex
from workshop.sandbox.cloudwatch.bounded_regex import Regex, RegexError, TooSlowError, within_time
from workshop.sandbox.cloudwatch.errors import invalid_parameter
from workshop.sandbox.cloudwatch.insights.patterns import compile_regex
from workshop.sandbox.cloudwatch.patterns import compile_pattern

LINE = "a" * 3000 + "!"
WITHOUT_GROUPS = "a*a*a*a*a*a*$"
WITH_GROUPS = "(a|aa)+$"
STOPPED = "takes too long, and the workshop's sandbox has stopped it"


@pytest.mark.parametrize(
    "pattern", [f"%{WITHOUT_GROUPS}%", f"[first=%{WITHOUT_GROUPS}%]", "{ $.a = %a*a*a*a*a*a*$% }"]
)
def test_a_slow_filter_pattern_is_stopped_in_one_line(pattern):
    message = f'{{"a": "{LINE}"}}' if pattern[0] == "{" else LINE
    with pytest.raises(TooSlowError):
        compile_pattern(pattern)(message)


def test_a_slow_filter_pattern_is_refused_and_others_go_on(logs, put):
    put(LINE, "short", start=now() - HOUR)
    code, message = refused(
        logs.filter_log_events, logGroupName=GROUP, filterPattern=f"%{WITHOUT_GROUPS}%"
    )
    assert code == "InvalidParameterException"
    assert f"'{WITHOUT_GROUPS}' {STOPPED}" in message
    found = logs.filter_log_events(logGroupName=GROUP, filterPattern="%^short$%")["events"]
    assert [event["message"] for event in found] == ["short"]


@pytest.mark.parametrize(
    "query",
    [
        f"filter @message like /{WITH_GROUPS}/",
        f"filter @message =~ /{WITH_GROUPS}/",
        f"parse @message /(?<found>{WITH_GROUPS})/",
        "parse @message '*a*a*a*a*a*b' as a, b, c, d, e, f",
    ],
)
def test_a_slow_query_is_refused(logs, put, query):
    put(LINE, start=now() - HOUR)
    seconds = int(time.time())
    code, message = refused(
        logs.start_query,
        logGroupName=GROUP,
        queryString=query,
        startTime=seconds - 7200,
        endTime=seconds,
    )
    assert code == "MalformedQueryException"
    assert STOPPED in message


def test_many_lines_share_the_time_of_one_request(monkeypatch):
    monkeypatch.setattr(bounded_regex, "REQUEST_SECONDS", 0.05)
    search = Regex("b$", "b$").search

    def search_on():
        with within_time(invalid_parameter):
            for _ in itertools.count():
                search("a" * 1000)

    with pytest.raises(ApiError, match="'b\\$' takes too long"):
        search_on()
    # The next request has its own time.
    with within_time(invalid_parameter):
        assert search("ab")


def test_an_error_that_is_not_the_expressions_stays_what_it_is(sandbox):
    with (
        sandbox.reader() as reader,
        pytest.raises(sqlite3.OperationalError, match="no such table"),
        within_time(invalid_parameter),
    ):
        reader.execute("SELECT 1 FROM no_such_table")


@pytest.mark.parametrize(
    "pattern",
    ["((((a{99}){99}){99}){99})", "(a{1000}){1000}", "a{100000000}", f"a{{{'9' * 5000}}}"],
)
def test_an_expression_that_would_fill_the_memory_is_refused(pattern):
    with pytest.raises(ApiError, match="more than 20,000 signs once it is written out"):
        compile_regex(pattern)


def test_a_filter_patterns_large_count_is_refused():
    with pytest.raises(ApiError, match="more than 20,000 signs"):
        compile_pattern("%[a-z]{100000}%")


def test_groups_inside_each_other_end(monkeypatch):
    with pytest.raises(RegexError, match="too many groups are inside each other"):
        Regex("(" * 4000 + "a" + ")" * 4000, "")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a{e}", "a{e}"),
        ("(?:abc){e<=1}", "abc{e<=1}"),
        (r"\{x", "{x"),
        ("x{", "x{"),
        (r"[^\s]{2,3}", "ab"),
        ("(?i)ERROR", "error"),
        (r"\d{4}-\d{2}", "2026-11"),
        (r"(\d{2}){2}", "1234"),
    ],
)
def test_a_sign_means_what_it_means_to_pythons_own_module(pattern, text):
    assert bool(compile_regex(pattern).search(text)) is True
    assert re.search(pattern.replace("{e", r"\{e"), text)
    assert compile_regex(pattern).search("") is None
