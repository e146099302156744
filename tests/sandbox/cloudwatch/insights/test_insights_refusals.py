"""Queries that are not run: what is no query, and what the sandbox does not emulate."""

import pytest
from insights_events import GROUP

from workshop.sandbox import refusals
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.insights.parser import NOT_EMULATED, parse_query

MALFORMED = [
    ("", "The query is empty"),
    ("  # nothing but a comment", "The query is empty"),
    ("fields", "Something is missing at the end"),
    ("fields @message |", "Something is missing at the end"),
    ("fields @message, ", "Something is missing at the end"),
    ("fields @message | count()", "'count' is not a command; there are fields, display, filter"),
    ("select @message", "'select' is not a command"),
    ("| fields @message", "'|' is not a command"),
    ("fields @timestamp @message", "'@' is not expected at line 1, character 19"),
    ("fields @message\n| filter level == 'INFO'", "line 2, character 17. One '=' compares"),
    ("filter level = 'INFO' && status = 200", "'&' is not expected.*Write 'and'"),
    ("filter level = 'INFO", "A quotation mark is missing"),
    ("filter level = ", "Something is missing at the end"),
    ("filter (level = 'INFO'", "Something is missing at the end"),
    ("filter level", "'level' is not a condition; compare it with something"),
    ("filter latency + 1", "'latency \\+ 1' is not a condition"),
    ("filter not strlen(level)", "'strlen\\(level\\)' is not a condition"),
    ("filter level = 'a' and level", "'level' is not a condition"),
    ("filter strlength(level) = 4", r"There is no function strlength\(\)"),
    ("filter strlen(level, route) = 4", r"strlen\(\) cannot take 2 arguments"),
    ("filter ispresent('level')", r"ispresent\(\) takes the name of a field"),
    ("filter avg(latency) > 3", r"avg\(\) belongs into stats"),
    ("filter level like error", "'error' is not expected"),
    ("filter level like /(/", "is not a regular expression"),
    ("filter level in 'INFO'", "is not expected"),
    ("filter level in [INFO]", "'INFO' is not expected"),
    ("fields level as a, route as a", "'a' is named already"),
    ("fields level as @message", "'@message' is named already"),
    ("fields 1 as a | parse @message '*' as a", "'a' is named already"),
    ("parse @message '* *' as a", "2 wildcards in its pattern and 1 names"),
    ("parse @message /(a)/", "parse needs named groups"),
    ("parse @message '*'", "Something is missing at the end"),
    ("limit 0", "limit takes a whole number from 1 to 100,000"),
    ("limit 100001", "limit takes a whole number from 1 to 100,000"),
    ("limit 1.5", "limit takes a whole number"),
    ("limit ten", "'ten' is not expected"),
    ("dedup level | sort level", "After dedup, there can only be limit"),
    ("dedup level | limit 3 | limit 2", "After dedup, there can only be limit"),
    ("stats latency by level", "no single 'latency' for a group"),
    ("stats count(*), bin(1h)", r"put bin\(\) after 'by'"),
    ("stats count(*) | stats count(*) | stats count(*)", "at most 2 stats"),
    ("stats count(*) as n by level | sort n | stats max(n)", "sort has to come after the second"),
    ("stats sum(status) by route | stats max(strlen(@message))", "'@message' is not known after"),
    ("stats count(*) as n by level | stats avg(n) by bin(5m)", r"bin\(\) needs @timestamp"),
    ("stats count(*) as n by level | stats latest(n)", "after stats there are none"),
    ("stats count(*) as n | filter level = 'INFO'", "'level' is not known after stats"),
    ("stats count(*), count(*)", "the same name"),
    ("stats pct(latency, 101)", "needs a number from 0 to 100"),
    ("stats pct(latency, status)", "needs a number from 0 to 100"),
    ("stats count(*) by bin(level)", r"bin\(\) needs a period"),
    ("stats count(*) by bin(5 parsecs)", "'5 parsecs' is not a period"),
    ("stats count(*) by bin(0m)", "A period cannot be 0"),
    ("filter " + "not " * 200 + "level = 1", "nested too deeply"),
    ("filter latency" + " + 1" * 200 + " = 1", "nested too deeply"),
]

REFUSED = [
    ("fields jsonParse(@message) as j", r"jsonParse\(\) is not emulated"),
    ("filter round(latency) = 3", r"round\(\) is not emulated"),
    ("parse @message logfmt as l", "'logfmt' is not emulated"),
    ("parse @message csv as a, b", "'csv' is not emulated"),
    ("parse @message /(?<ip>\\d+)/ multi", "'multi' is not emulated"),
    ("parse @message '**' as a, b", "'\\*' beside '\\*'"),
    ("limit any 5", "'any' is not emulated"),
    ("stats count(*) by bin(5m) offset 1h", "'offset' is not emulated"),
    ("fields @message | limit 3 | filter level = 'INFO'", "'filter' after 'limit'"),
    ("stats count(*) as n | fields n * 2", "'fields' after 'stats'"),
    ("stats count(*) by bin(1w)", "'1w' needs a calendar"),
    ("stats count(*) by bin(7m)", "'7m' does not divide 60m"),
    ("filter cached = 'true'", "true and false of JSON are 1 and 0"),
    ("filter cached in ['a', 'false', 'true']", "true and false of JSON are 1 and 0"),
    ("filter cached = true", "'true' stands for a field"),
    ("filter level > 'INFO'", "neither 'INFO' nor 'INFO' is one"),
    ("filter @timestamp > 1795341600000", r"only as toMillis\(@timestamp\)"),
    ("filter @timestamp like /2026/", "A time is not a text"),
    ("filter @timestamp + 1 = 3", r"computed with as toMillis\(@timestamp\)"),
    ("filter latency / 0 > 1", "/ 0 has no value"),
    ("filter sqrt(0 - latency) > 1", "has no value"),
    ("filter (0 - latency) % 3 = 1", "has a number below 0"),
    ("filter 10 ^ 400 > latency", "has no value"),
    ("filter datefloor(latency, 5m) = @timestamp", "Only a time"),
    ("filter toMillis(latency) > 3", "takes a time"),
    ("stats avg(level)", "is given 'INFO', which is no number"),
    ("stats max(level)", "is given 'INFO', which is no number"),
    ("stats earliest(error)", "the earliest event does not have"),
    (r"filter level like 'a\d'", "A backslash in a text"),
    (r"filter level like /(a)\1/", "is not emulated"),
    ("filter level like /a(?=b)/", "is not emulated"),
    ("filter level like /a|b(?i)c/", "is not emulated"),
    ("filter level like /a(?i)b|c/", "is not emulated"),
    ("filter level like /a++/", "is not emulated"),
    (r"filter level like /\p{L}/", "is not emulated"),
    ("filter level like /[[:alpha:]]/", "is not emulated"),
    *(
        (f"fields @message | {name} x", f"'{name}' is not emulated")
        for name in sorted(NOT_EMULATED)
    ),
]


@pytest.mark.parametrize(("text", "message"), MALFORMED)
def test_what_is_no_query_is_refused_with_a_reason(query, text, message):
    with pytest.raises(ApiError, match=message) as caught:
        query(text)
    assert (caught.value.code, caught.value.status) == ("MalformedQueryException", 400)
    assert caught.value.kind == refusals.BODY


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_not_emulated_is_refused_by_name(query, text, message):
    with pytest.raises(ApiError, match=message) as caught:
        query(text)
    assert (caught.value.code, caught.value.status) == ("MalformedQueryException", 400)
    assert caught.value.kind == refusals.NOT_EMULATED


def test_a_refusal_says_where_in_the_query():
    text = "fields @message | pattern @message"
    with pytest.raises(ApiError) as caught:
        parse_query(text)
    error = caught.value.members["queryCompileError"]
    location = error["location"]
    assert text[location["startCharOffset"] : location["endCharOffset"]] == "pattern"
    assert error["message"] == caught.value.message


def test_what_a_query_brings_is_never_part_of_the_sql(query):
    assert query("filter level = \"x' OR '1' = '1\"").rows == []
    assert query("fields level", ("x'; DROP TABLE cloudwatch_log_events; --",)).rows == []
    assert query("fields level", (GROUP,)).records_scanned == 7
