"""Queries against a fixed set of events; the answers follow from AWS's documentation.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html and the pages of
each command and function below it.
"""

import pytest
from insights_events import EVENTS, GROUP, OTHER, RARE

COMPARE = "comparison operators accept all data types; =, !=, <, <=, >, >="
BOTH = "and and or combine more than one condition"
LIKE = "like and =~ match substrings and regular expressions, case-sensitive"
IN = "in tests for set membership; complete strings"
NOT_IN = "not in returns events that do not have fields with these values"
DOTS = "nested fields use dot notation, arrays their positions"
CASE = "(?i) makes it not case-sensitive"
STRING = "string functions return what their table says"
TIME = "datetime functions work on timestamps"
IP = "IP address functions"
NUMBER = "arithmetic and numeric functions"

# Which events a filter leaves; a field that an event does not have makes only its negations true.
FILTERS = [
    ("status = 200", "ABE", COMPARE),
    ('status = "200"', "ABE", "a field's value is a string or a number, whichever it looks like"),
    ("status != 200", "CDFG", COMPARE),
    ("latency > 12", "BC", COMPARE),
    ("latency >= 12", "ABC", COMPARE),
    ("latency < 30.5", "AD", COMPARE),
    ("latency <= 30.5", "ABD", COMPARE),
    ("(latency>12)", "BC", "filter (range>3000)"),
    ("latency > 12 and status=200", "B", BOTH),
    ("status = 500 or status = 404", "CD", BOTH),
    ("status = 404 or status = 200 and latency > 20", "BD", "and binds before or"),
    ("(status = 404 or status = 200) and latency > 20", "B", "parentheses"),
    ("not status = 200", "CDFG", "not"),
    ("NOT (status = 200 OR status = 404)", "CFG", "keywords in any case, as FILTER ... IN"),
    ('level = "INFO"', "ABE", COMPARE),
    ("level = 'INFO'", "ABE", "single or double quotation marks"),
    ('level = "info"', "", "values are case-sensitive"),
    ('level != "INFO"', "CDFG", COMPARE),
    ("@message like /ERROR/", "CF", LIKE),
    ('@message like "ERROR"', "CF", LIKE),
    ("@message =~ /ERROR/", "CF", LIKE),
    ('@message =~ "ERROR"', "CF", LIKE),
    ("@message not like /ERROR/", "ABDEG", "not like excludes substrings"),
    ('@message not like "level"', "FG", "not like excludes substrings"),
    ("@message like /error was/", "F", LIKE),
    ("@message like /(?i)error/", "CF", CASE),
    ("level =~ /^(?i)error$/", "C", CASE),
    ("level like /^(INFO|WARNING)$/", "ABDE", LIKE),
    ("status like /2\\d\\d/", "ABE", "filter statusCode like /2\\d\\d/"),
    ("status not like /2\\d\\d/", "CDFG", "statusCode not like /2\\d\\d/"),
    ('@message like "."', "B", "a string is a substring, not a pattern"),
    ("route like /\\/(home|search)/", "ABCD", "a slash in a pattern is written \\/"),
    ("@message like /latency := \\d+/", "G", LIKE),
    ("@message like /E*/", "ABCDEFG", "* is any number of the sign before it"),
    ("status in [404,500]", "CD", IN),
    ('status in ["200", 404]', "ABDE", IN),
    ('level in ["INF", "ERROR"]', "C", IN),
    ("level not in ['INFO', 'ERROR', 1]", "DFG", NOT_IN),
    ("user.handle = 'alice'", "AC", DOTS),
    ("items.1.id = 'm2'", "E", DOTS),
    ("items.0.id = 'm2'", "", DOTS),
    ("`foo-bar` = 'x'", "E", "other signs need backticks"),
    ("@@tag = 't'", "E", "a field that starts with @ gets another one"),
    ("ispresent(user.handle)", "ABC", "ispresent: true if the field exists"),
    ("isPresent(user)", "", "an object is flattened into fields; it is none itself"),
    ("not ispresent(latency)", "EFG", "ispresent: true if the field exists"),
    ("ispresent(error) and latency > 100", "C", "functions as conditions"),
    ("@logStream = 'plain'", "FG", "@logStream: name of the log stream"),
    ("@log like /backend$/", "ABCDEFG", "@log: account-id:log-group-name"),
    ("latency + 1 = 13", "A", NUMBER),
    ("latency - 2 = 10", "A", NUMBER),
    ("latency * 2 = 61", "B", NUMBER),
    ("latency / 2 = 6", "A", NUMBER),
    ("latency % 10 = 2", "A", "10 % 3 returns 1"),
    ("2 ^ 3 = latency", "D", "2 ^ 3 returns 8"),
    ("1 + 2 * 3 = latency - 5", "A", "products before sums"),
    ("(1 + 2) * 4 = latency", "A", "parentheses"),
    ("latency - 20 > -9 and latency < 100", "AB", "a number below 0"),
    ("abs(latency - 20) = 8", "A", NUMBER),
    ("ceil(latency) = 31", "B", NUMBER),
    ("floor(latency) = 30", "B", NUMBER),
    ("greatest(latency, 20) = 20", "AD", NUMBER),
    ("least(latency, 20) = 12", "A", NUMBER),
    ("sqrt(latency) = 30", "C", NUMBER),
    ("log(latency) > 6", "C", NUMBER),
    ("coalesce(error, level) = 'Timeout'", "C", "coalesce: first value that is not null"),
    ("coalesce(error, level) = 'INFO'", "ABE", "coalesce: first value that is not null"),
    ("if(status = 200, 'good', 'bad') = 'good'", "ABE", "if: trueValue or falseValue"),
    ("case(latency > 100, 'slow', latency > 20, 'so', 'fast') = 'so'", "B", "case: first true"),
    ("case(latency > 100, 'slow', 'fast') = 'fast'", "ABDEFG", "case: the default if none is"),
    ("isempty(error)", "ABDEFG", "isempty: missing or empty"),
    ("isblank(concat(' ', '  '))", "ABCDEFG", "isblank: only white space"),
    ("concat(level, '-', status) = 'ERROR-500'", "C", STRING),
    ("ltrim('xyZxyfooxyZ','xyZ') = 'fooxyZ'", "ABCDEFG", STRING),
    ("rtrim('xyZfooxyxyZ','xyZ') = 'xyZfoo'", "ABCDEFG", STRING),
    ("trim('xyZxyfooxyxyZ','xyZ') = 'foo'", "ABCDEFG", STRING),
    ("trim('  foo ') = 'foo'", "ABCDEFG", STRING),
    ("strlen(level) = 4", "ABE", STRING),
    ("toupper(user.handle) = 'BOB'", "B", STRING),
    ("tolower(level) = 'error'", "C", STRING),
    ("substr('xyZfooxyZ', 3, 3) = 'foo'", "ABCDEFG", STRING),
    ("substr(route, 1) = 'home'", "AB", STRING),
    ("replace('foo', 'o', '0') = 'f00'", "ABCDEFG", STRING),
    ("strcontains(route, 'sea') = 1", "CD", "strcontains: 1 if it contains, 0 otherwise"),
    ("strcontains(route, 'SEA') = 1", "", "strcontains: 1 if it contains, 0 otherwise"),
    ("strcontains(route, 'SEA', true)", "CD", "strcontains: true: case-insensitive"),
    ("startsWith(route, '/s')", "CD", STRING),
    ("endsWith(route, 'me') = 1", "AB", STRING),
    ("messageSize(level) = 5", "C", "messageSize: byte length"),
    ("isValidIp('10.0.0.1') and isValidIp('::1')", "ABCDEFG", IP),
    ("isValidIpV6('10.0.0.1') or isValidIpV4('::1')", "", IP),
    ("isIpv4InSubnet('192.0.2.9', '192.0.2.0/24')", "ABCDEFG", IP),
    ("isIpInSubnet('192.0.3.9', '192.0.2.0/24')", "", IP),
    ("toMillis(@timestamp) >= 1795341900000", "EFG", TIME),
    ("@timestamp = fromMillis(1795341660000)", "B", TIME),
    ("@timestamp >= datefloor(fromMillis(1795341959999), 5m)", "EFG", TIME),
    ("bin(5m) = fromMillis(1795341600000)", "ABCD", "bin: truncates @timestamp to the period"),
    ("bin(300s) = @timestamp", "ABCEG", "bin(300s) is implemented as 60 seconds"),
    ("dateceil(@timestamp, 5m) = @timestamp", "AEG", TIME),
    ("toMillis(@timestamp) <= now() * 1000", "ABCDEFG", "now: epoch seconds"),
    ("cached = 1", "E", "true and false are 1 and 0, as of ispresent"),
    ("ispresent(note)", "", "null is no value"),
]
LETTERS = {message: letter for letter, *_, message in EVENTS}


@pytest.mark.parametrize(("condition", "letters", "rule"), FILTERS)
def test_a_filter_leaves_what_the_documentation_says(query, condition, letters, rule):
    found = query(f"filter {condition} | sort @timestamp")
    assert "".join(LETTERS[row["@message"]] for row in found.rows) == letters, rule
    assert (found.records_matched, found.records_scanned) == (len(letters), 7)


SHOWN = [
    (
        "filter status = 500",
        [{"@timestamp": "2026-11-22 10:02:00.000", "@message": EVENTS[2][4]}],
        "without fields, @timestamp and @message are shown",
    ),
    (
        "fields @timestamp, level, nothing | filter status = 500",
        [{"@timestamp": "2026-11-22 10:02:00.000", "level": "ERROR"}],
        "fields shows specific fields",
    ),
    (
        "fields level | fields route, status | filter status = 404",
        [{"level": "WARNING", "route": "/search", "status": "404"}],
        "several fields commands show all of their fields",
    ),
    (
        "fields level | display route | display status | filter status = 404",
        [{"status": "404"}],
        "of several display commands, the last one counts",
    ),
    (
        "fields concat(route, '-', status) as page, latency * 2 as double | filter latency = 12",
        [{"page": "/home-200", "double": "24"}],
        "fields makes new fields by as",
    ),
    (
        "fields latency as l, l / 8 as eighth | filter latency = 12 | display eighth",
        [{"eighth": "1.5"}],
        "new fields can be used in the rest of the query",
    ),
    (
        "fields abs(8-20) | filter latency = 12",
        [{"abs(8-20)": "12"}],
        "what has no alias is shown as it is written",
    ),
    (
        "fields ispresent(error) as has, status = 500 as bad | filter latency > 30 | sort latency",
        [{"has": "0", "bad": "0"}, {"has": "1", "bad": "1"}],
        "true and false are 1 and 0",
    ),
    (
        "fields @logStream, @log, @ingestionTime | filter latency = 12",
        [
            {
                "@logStream": "web/1",
                "@log": f"000000000000:{GROUP}",
                "@ingestionTime": "2026-11-22 10:00:00.005",
            }
        ],
        "the fields that are generated",
    ),
    (
        "fields route\n# | filter status = 500\n| filter status = 404 # not found",
        [{"route": "/search"}],
        "comments are ignored",
    ),
    (
        'parse @message "[*] * The error was: *" as lv, config, exception'
        " | filter ispresent(lv) | display lv, config, exception",
        [
            {
                "lv": "ERROR",
                "config": "{foo=2, bar=data}",
                "exception": "DataIntegrityException",
            }
        ],
        "the page's example of a glob",
    ),
    (
        r"parse @message /\[(?<lv>\S+)\]\s+(?<config>\{.*\})\s+The error was: (?<exception>\S+)/"
        " | filter ispresent(lv) | display lv, config, exception",
        [
            {
                "lv": "ERROR",
                "config": "{foo=2, bar=data}",
                "exception": "DataIntegrityException",
            }
        ],
        "the page's example of a regular expression",
    ),
    (
        'FIELDS @logStream | PARSE "user=*, method:*, latency := *" AS @user, @method, @latency'
        " | FILTER @latency > 200",
        [{"@logStream": "plain", "@user": "user1234", "@method": "get", "@latency": "216"}],
        "extracted fields are shown; without a field, @message is parsed",
    ),
    (
        "parse @message 'method:*, ' as verb | filter @logStream = 'plain' | display verb"
        " | sort @timestamp",
        [{}, {"verb": "get"}],
        "an event that does not match stays, without the extracted fields",
    ),
    (
        "parse route '/*' as page | filter status = 404 | parse page 'sea*' as tail"
        " | display page, tail",
        [{"page": "search", "tail": "rch"}],
        "chained parse",
    ),
    (
        "fields route | sort latency desc | limit 2",
        [{"route": "/search"}, {"route": "/home"}],
        "top N by sort and limit",
    ),
    (
        "sort @timestamp desc | limit 1 | display @logStream",
        [{"@logStream": "plain"}],
        "the page's example has display after limit",
    ),
    (
        "fields level, route | filter ispresent(latency) | sort level, route desc",
        [
            {"level": "ERROR", "route": "/search"},
            {"level": "INFO", "route": "/home"},
            {"level": "INFO", "route": "/home"},
            {"level": "WARNING", "route": "/search"},
        ],
        "sort by several fields",
    ),
    (
        "fields level | filter ispresent(latency) | dedup level",
        [{"level": "WARNING"}, {"level": "ERROR"}, {"level": "INFO"}],
        "dedup keeps the first by @timestamp, descending",
    ),
    (
        "fields user.handle as who, route | sort @timestamp | dedup who, route | limit 3",
        [
            {"who": "alice", "route": "/home"},
            {"who": "bob", "route": "/home"},
            {"who": "alice", "route": "/search"},
        ],
        "dedup by a combination of fields",
    ),
    (
        "fields error | filter latency < 100 | dedup error",
        [{}, {}, {}],
        "events with null for a field are retained by dedup",
    ),
]


@pytest.mark.parametrize(("text", "rows", "rule"), SHOWN)
def test_a_query_shows_what_the_documentation_says(query, text, rows, rule):
    found = query(text).rows
    assert all(list(row)[-1] == "@ptr" for row in found), "rows that are events have their @ptr"
    shown = [{name: value for name, value in row.items() if name != "@ptr"} for row in found]
    assert shown == rows, rule
    assert [list(row) for row in shown] == [list(row) for row in rows], "in the query's order"


STATS = [
    ("stats count(*)", [{"count(*)": "7"}], "count(*) counts all events"),
    ("stats count() as n", [{"n": "7"}], "count() is count(*)"),
    ("stats count(latency) as n", [{"n": "4"}], "count(x) counts events that have x"),
    ("stats count_distinct(route) as n", [{"n": "3"}], "number of unique values"),
    ("stats sum(latency) as s", [{"s": "950.5"}], "sum"),
    ("stats avg(latency)", [{"avg(latency)": "237.625"}], "avg"),
    ("stats min(latency) as a, max(latency) as b", [{"a": "8", "b": "900"}], "min, max"),
    (
        "filter route = '/home' | stats stddev(latency) as s",
        [{"s": "9.25"}],
        "standard deviation of 12 and 30.5",
    ),
    ("stats pct(latency, 50) as p", [{"p": "12"}], "half of 8, 12, 30.5, 900 is not above it"),
    ("stats pct(latency, 95) as p", [{"p": "900"}], "95 percent are lower"),
    ("stats pct(latency, 0) as p", [{"p": "8"}], "the lowest value"),
    (
        "stats earliest(@logStream) as a, latest(@logStream) as b",
        [{"a": "web/1", "b": "plain"}],
        "value from the event with the earliest, latest timestamp",
    ),
    (
        "stats sortsFirst(level) as a, sortsLast(level) as b",
        [{"a": "ERROR", "b": "WARNING"}],
        "value that sorts first, last",
    ),
    (
        "stats count(*) as n by level | sort n desc, level",
        [
            {"level": "INFO", "n": "3"},
            {"n": "2"},
            {"level": "ERROR", "n": "1"},
            {"level": "WARNING", "n": "1"},
        ],
        "one row for each unique value",
    ),
    (
        "stats count(*) by bin(5m) | sort bin(5m)",
        [
            {"bin(5m)": "2026-11-22 10:00:00.000", "count(*)": "4"},
            {"bin(5m)": "2026-11-22 10:05:00.000", "count(*)": "2"},
            {"bin(5m)": "2026-11-22 10:10:00.000", "count(*)": "1"},
        ],
        "bin(5m) groups by five minutes",
    ),
    (
        "filter @message like /ERROR/ | stats count(*) as exceptionCount by bin(1h)"
        " | sort exceptionCount desc",
        [{"bin(1h)": "2026-11-22 10:00:00.000", "exceptionCount": "2"}],
        "the page's example",
    ),
    (
        "stats count(*) by status as code | sort code desc | limit 2",
        [{"code": "500", "count(*)": "1"}, {"code": "404", "count(*)": "1"}],
        "stats count(*) by duration as time | sort time desc",
    ),
    (
        "filter ispresent(latency) | stats avg (latency) as mean by route, status | sort mean",
        [
            {"route": "/search", "status": "404", "mean": "8"},
            {"route": "/home", "status": "200", "mean": "21.25"},
            {"route": "/search", "status": "500", "mean": "900"},
        ],
        "a combination of fields",
    ),
    (
        "stats sum(latency)/count(latency) as mean, max(latency / 2) as half, half - mean as rest",
        [{"mean": "237.625", "half": "450", "rest": "212.375"}],
        "aggregates in expressions, and aliases used after they are given",
    ),
    (
        "FIELDS strlen(level) AS length | STATS sum(length) as s BY bin(5m)"
        " | STATS max(s) AS most, min(s) AS least, avg(s) AS mean",
        [{"most": "20", "least": "4", "mean": "12"}],
        "two stats",
    ),
    (
        "stats count(*) as n by route, status | filter n > 1 | stats count(*) as pages",
        [{"pages": "2"}],
        "filter between two stats: /home 200 has two, and the two that are no JSON",
    ),
    (
        "stats count(*) as n by bin(5m) as @t | stats sum(n) as total by dateceil(@t, 10m)"
        " | sort total",
        [
            {"dateceil(@t, 10m)": "2026-11-22 10:10:00.000", "total": "3"},
            {"dateceil(@t, 10m)": "2026-11-22 10:00:00.000", "total": "4"},
        ],
        "dateceil in the second stats",
    ),
    (
        "stats max(@timestamp) as @t by @logStream | sort @t",
        [
            {"@logStream": "web/1", "@t": "2026-11-22 10:01:00.000"},
            {"@logStream": "web/2", "@t": "2026-11-22 10:05:00.000"},
            {"@logStream": "plain", "@t": "2026-11-22 10:10:00.000"},
        ],
        "max(@timestamp)",
    ),
    (
        'parse @message "user=*, method:*, latency := *" as @user, @method, @latency'
        " | filter ispresent(@user) | stats avg(@latency) by @method, @user",
        [{"@method": "get", "@user": "user1234", "avg(@latency)": "216"}],
        "the page's example of parse and stats",
    ),
    (
        "stats count(*) as n by level | filter n = 3 | display level",
        [{"level": "INFO"}],
        "display after stats",
    ),
    ("filter level = 'DEBUG' | stats count(*) by level", [], "no events, no groups"),
]


@pytest.mark.parametrize(("text", "rows", "rule"), STATS)
def test_stats_give_what_the_documentation_says(query, text, rows, rule):
    found = query(text).rows
    assert found == rows, rule
    assert [list(row) for row in found] == [list(row) for row in rows], "in the query's order"


def test_several_groups_are_told_apart_and_only_standard_ones_have_fields_discovered(query):
    found = query("fields @log, level | sort @timestamp | limit 3", (GROUP, OTHER, RARE))
    assert [(row["@log"].partition(":")[2], row.get("level")) for row in found.rows] == [
        (GROUP, "INFO"),
        (OTHER, "INFO"),
        (RARE, None),
    ]
    assert found.records_scanned == 9


def test_what_is_scanned_is_counted_before_any_filter(query):
    found = query("filter status = 500 | stats count(*) by level | limit 1")
    assert found.records_matched == 1
    assert found.records_scanned == 7
    size = sum(len(message) for _, group, *_, message in EVENTS if group == GROUP)
    assert found.bytes_scanned == size
