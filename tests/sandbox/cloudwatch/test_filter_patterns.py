"""Filter patterns, against what AWS's documentation says of them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html and its
examples; RECORDED rows are what a public probe of the service saw where that page is silent:
https://github.com/radkawar/stackd, testdata/aws/logs/filters.json.
"""

import json

import pytest

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.patterns import compile_pattern

RECORDED = "recorded from the service"

# The page's own unstructured events, and some of its other sentences.
LINES = {
    "a": "[ERROR 400] BAD REQUEST",
    "b": "[ERROR 401] UNAUTHORIZED REQUEST",
    "c": "[ERROR 419] MISSING ARGUMENTS",
    "d": "[ERROR 420] INVALID ARGUMENTS",
    "e": "[ERROR 500] INTERNAL SERVER ERROR",
    "f": "[INFO] REQUEST FAILED",
    "g": "[SUCCESS 200] AUTHORIZED REQUEST",
    "h": "plain",
    "i": 'say "hello: world"\nfrom C:\\temp',
}
TERMS = [
    ("", "abcdefghi", "not provided: all the events are matched"),
    (" \t", "abcdefghi", "nothing but spaces is nothing"),
    ('" "', "abcdefghi", "match everything with double quotation marks"),
    ("ERROR", "abcde", "a single term"),
    ("error", "", "filter patterns are case sensitive"),
    ("ERROR ARGUMENTS", "cd", "multiple terms: both"),
    ("ARGUMENTS  ERROR", "cd", "in any order"),
    ("?ERROR ?ARGUMENTS", "abcde", "optional terms: either"),
    ("?MISSING ?plain", "ch", "optional terms: either"),
    ("?ERROR", "abcde", "one optional term"),
    ("?ERROR ?ARGUMENTS REQUEST", "abfg", "optional terms beside others are ignored"),
    ("?ERROR -ARGUMENTS", "abefghi", "optional terms beside excluded ones are ignored"),
    ('"INTERNAL SERVER ERROR"', "e", "an exact phrase"),
    ('"SERVER INTERNAL"', "", "an exact phrase, in its order"),
    ("ERROR -ARGUMENTS", "abe", "include and exclude"),
    ("-ERROR", "fghi", "exclude alone"),
    ("-ERROR -REQUEST", "hi", "exclude two"),
    ('ERROR -"BAD REQUEST"', "bcde", "exclude a phrase"),
    ('?"BAD REQUEST" ?plain', "ah", "an optional phrase"),
    ('"[ERROR" 419', "c", "other characters stand in quotation marks"),
    ('"hello: world"', "i", "a phrase with a colon"),
    (r'"say \"hello"', "i", "a quotation mark in a phrase"),
    (r'"C:\\temp"', "i", "a backslash in a phrase"),
    ("40", "ab", "a term may be a number, and part of a word"),
    ("AUTHORIZED", "bg", "contained in UNAUTHORIZED"),
    ('"%"', "", "a percent sign in quotation marks is itself"),
]

# The page's sentences on each operator, with the words that it gives as examples.
WORDS = {
    "a": "hat",
    "b": "that cat",
    "c": "color",
    "d": "colour",
    "e": "aa",
    "f": "aaaa",
    "g": "skipping initializing ...",
    "h": "shutting down now",
    "i": "10.10.0.1",
    "j": "10010,051",
    "k": "[7]",
    "l": "ab129",
    "m": "ac",
    "n": "key: value!",
    "o": "tab\there",
    "p": "wörld_1",
    "q": "two\nlines",
}
REGEXES = [
    ("%hat%", "ab", "a standalone regular expression"),
    (" %hat% ", "ab", "spaces around it"),
    ("%^[hc]at%", "a", "^ anchors to the beginning of a string"),
    ("%[hc]at$%", "ab", "$ anchors to the end of a string"),
    ("%lines$%", "q", "$ is the end of the whole text"),
    ("%two$%", "", "$ is not the end of a line"),
    ("%^lines%", "", "^ is not the start of a line"),
    ("%colou?r%", "cd", "? zero or one"),
    ("%a{3,5}%", "f", "{m,n}"),
    ("%a{3, 5}%", "f", "{m, n}, as the page spells it"),
    ("%^a{2}$%", "e", "{m}"),
    ("%^a{3,}$%", "f", "n can be omitted"),
    ("%^a{,2}$%", "e", "m can be omitted"),
    ("%^starting|^initializing|^shutting down%", "h", "| with anchors"),
    ("%10\\.10\\.0\\.1%", "i", "an escaped dot"),
    ("%10.10.0.1%", "ij", "a dot is any character"),
    ("%\\[.\\]%", "k", "escaped brackets"),
    ("%^ab[0-9]*$%", "l", "* zero or more, and a range"),
    ("%^ab+c%", "", "+ one or more"),
    ("%^ab*c%", "m", "* zero or more"),
    ("%^[^a-z]+$%", "ijk", "a negated class"),
    ("%[,;]%", "j", "supported signs in a class"),
    ("%[a-]t%", "ab", "a hyphen at the end of a class is itself"),
    ("%\\d{3}%", "jl", "digits"),
    ("%^\\D+$%", "abcdefghmnoq", "no digits"),
    ("%\\s%", "bghnoq", "tab, space and newline are whitespace"),
    ("%^\\S+$%", "acdefijklmp", "no whitespace"),
    ("%^\\w+$%", "acdeflm", "[a-zA-Z_0-9], so not ö"),
    ("%\\x21%", "n", "a sign by its hexadecimal number"),
    ("%\\x3A%", "n", "the page's \\x3A"),
    ("%y: v%", "n", "a colon and a space"),
]

EVENT = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "cluster.name": "c",
    "ThisFlag": True,
    "Other": False,
    "detail-type": "x y",
    "level": "400",
    "big": 9007199254740993,
}
NUMBERS = '{"bandwidth": 80, "latency": 49.5, "errorCode": 400, "number": [1000, 1e-3], "n": 1.0}'
OBJECT = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [
        {"id": 2, "email": "John.Doe@example.com"},
        {"id": 3, "email": "Jane.Doe@example.com"},
    ],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}
DOCUMENTS = {
    "e": json.dumps(EVENT),
    "n": NUMBERS,
    "o": json.dumps(OBJECT),
    "x": "not JSON, eventType UpdateTrail",
    "y": '[{"eventType": "UpdateTrail"}]',
    "z": '{"eventType": "UpdateTrail"',
    "w": 'INFO {"eventType": "UpdateTrail"}',
    "t": '{"eventType": NaN}',
}
JSON = [
    ('{ $.eventType = "UpdateTrail" }', "e", "string values"),
    ('{$.eventType="UpdateTrail"}', "e", "spaces are not needed"),
    ("{ $.eventType = UpdateTrail }", "e", "alphanumeric strings need no quotation marks"),
    ('{ $.eventType = "updateTrail" }', "", "case sensitive"),
    ('{ $.eventType = "Update*" }', "e", "the asterisk is a wildcard"),
    ('{ $.eventType = "*Trail" }', "e", "the asterisk is a wildcard"),
    ('{ $.eventType = "*date*" }', "e", "the asterisk is a wildcard"),
    ('{ $.eventType = "Trail*" }', "", "the asterisk is a wildcard"),
    ("{ $.eventType = * }", "e", "an asterisk alone"),
    ('{ $.eventType != "UpdateTrail" }', "", "not equal"),
    ('{ $.eventType != "Other" }', "e", "not equal; where it is missing, nothing matches"),
    ("{ $.sourceIPAddress != 123.123.* }", "e", "the page's IP address"),
    ("{ $.sourceIPAddress = 111.111.* }", "e", "the page's IP address"),
    ('{ $.arrayKey[0] = "value" }', "e", "an array's element"),
    ('{ $.arrayKey[1] = "value" }', "", "another element"),
    ('{ $.arrayKey[2] != "value" }', "", "no such element"),
    ('{ $.arrayKey = "value" }', "", "a selector that points to an array does not match"),
    ('{ $.objectList != "value" }', "", "a selector that points to an array does not match"),
    ('{ $.objectList[0] != "value" }', "", "a selector that points to an object does not match"),
    ("{ $.objectList[1].id = 2 }", "e", "an object in an array"),
    ("{ $.objectList[1].number = 2 }", "", "no such property"),
    ("{ $.eventType = %Trail% }", "e", "a regular expression"),
    ("{ $.eventType != %Trail$% }", "", "a regular expression that must not match"),
    ("{ $.arrayKey[*] = %val.{2}% }", "e", "any array element"),
    ('{ $.arrayKey[*] = "another*" }', "e", "any array element"),
    ("{ $.objectList[*].id = 2 }", "e", "any array element, and a property of it"),
    ("{ $.objectList[*].id = 3 }", "", "any array element"),
    ("{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }", "e", "any object field"),
    ('{ $.* = "John*" }', "", "any field of the object itself, not of those in it"),
    ("{ $.user.* = 1 }", "o", "any field of an object below"),
    ("{ $.['cluster.name'] = \"c\" }", "e", "a property with a period"),
    ("{ $.cluster.name = c }", "", "without brackets, it is a path"),
    ('{ $.detail-type = "x y" }', "e", "selectors support hyphens"),
    ("{ $.SomeObject IS NULL }", "e", "IS NULL"),
    ("{ $.eventType IS NULL }", "", "neither a string nor what is missing is null"),
    ('{ $.SomeObject = "*" }', "", "null is neither a string nor a number"),
    ("{ $.SomeObject != 1 }", "", "null is neither a string nor a number"),
    ("{ $.ThisFlag IS TRUE }", "e", "IS TRUE"),
    ("{ $.ThisFlag IS FALSE }", "", "IS FALSE"),
    ("{ $.Other IS   FALSE }", "e", "IS FALSE"),
    ("{ $.eventType IS TRUE }", "", "a string is not true"),
    ("{ $.ThisFlag = true }", "", RECORDED + ": a boolean is no value to compare"),
    ("{ $.SomeOtherObject NOT EXISTS }", "eno", "NOT EXISTS; what is no JSON does not match"),
    ("{ $.SomeObject NOT EXISTS }", "no", "null exists"),
    ("{ $.user.name NOT EXISTS }", "eno", "below an object that exists"),
    ("{ $.user.id NOT EXISTS }", "en", "below an object that exists"),
    ("{ $.bandwidth > 75 }", "n", "greater than"),
    ("{ $.bandwidth > 80 }", "", "greater than"),
    ("{ $.latency < 50 }", "n", "less than"),
    ("{ $.bandwidth >= 80 }", "n", "greater or equal"),
    ("{ $.latency <= 49.4 }", "", "less or equal"),
    ("{ $.errorCode = 400}", "n", "equal"),
    ("{ $.errorCode != 500 }", "n", "not equal"),
    ("{ $.errorCode != 400 }", "", "not equal"),
    ("{ $.number[0] = 1e+3 }", "n", "scientific notation"),
    ("{ $.number[1] = 0.001 }", "n", "scientific notation in the event"),
    ("{ $.number[0] != 1e-3 }", "n", "scientific notation"),
    ("{ $.bandwidth > -5 }", "n", "a minus sign"),
    ("{ $.bandwidth = +80 }", "n", "a plus sign"),
    ("{ $.errorCode = 4* }", "n", "the asterisk matches numbers too"),
    ("{ $.errorCode = *0 }", "n", "the asterisk matches numbers too"),
    ("{ $.latency = * }", "n", "the asterisk matches numbers too"),
    ("{ $.n = 1 }", "n", RECORDED + ": an unquoted number compares sizes"),
    ('{ $.n = "1" }', "", RECORDED + ": a quoted one compares texts"),
    ('{ $.n = "1.0" }', "n", RECORDED + ": a quoted one compares texts"),
    ("{ $.level = 400 }", "e", RECORDED + ": a string is compared by its text"),
    ("{ $.level = 400.0 }", "", RECORDED + ": a string is compared by its text"),
    ("{ $.level > 300 }", "", "a string is not greater than a number"),
    ("{ $.big = 9007199254740992 }", "", "numbers are compared exactly"),
    ("{ $.errorCode = %^4[0-9]{2}$% }", "n", "a regular expression on a number"),
    (
        '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
        "o",
        "the page's AND",
    ),
    (
        '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch"'
        ' && $.actions[2] = "nonmatch" }',
        "o",
        "the page's OR: && before ||",
    ),
    (
        '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch")'
        ' && $.actions[2] = "nonmatch" }',
        "",
        "the page's AND that does not match: () before &&",
    ),
    (
        '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }',
        "",
        "the page's OR that does not match",
    ),
    ("{ $.coordinates[1][2] = 6 }", "o", "an array in an array"),
    ("{ (($.user.id = 1)) }", "o", "parentheses"),
    (
        "{ $.users[*].id = 2 && $.users[*].email = Jane* }",
        "o",
        RECORDED + ": each condition may find another element",
    ),
    ("{ $.ThisFlag IS TRUE || $.user.id = 1 }", "eo", "keywords in compound expressions"),
]

ACCESS = {
    "a": '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
    "b": '127.0.0.2 Prod jane [10/Oct/2000:13:25:16 -0700] "GET /index.html HTTP/1.0" 410 -',
    "c": '10.0.0.1 - frank [10/Oct/2000:13:25:17 -0700] "POST /api HTTP/1.0" 200 2048',
    "i": "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
    "j": "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
    "w": "WARNING 09/25/2014 12:00:02 Invalid user request",
    "e": "ERROR 09/25/2014 12:00:02 Failed to process request",
    "x": "ERROR",
    "t": '127.0.0.3\tProd\tjane\t[t]\t"PUT /x.html"\t404\t1',
}
FIELDS = [
    ("[]", "abcijwext", "no field named: every event"),
    ("[...]", "abcijwext", "an ellipsis alone"),
    (
        "[ip, user, username, timestamp, request, status_code, bytes]",
        "abcet",
        "seven fields, and what has more",
    ),
    ("[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", "abt", "page"),
    (
        "[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*,"
        " status_code = 4*, bytes]",
        "abt",
        "the page's own example",
    ),
    ("[..., request =*.html*, status_code = 4*, bytes]", "abt", "an ellipsis for the first four"),
    ("[..., request=*.html*, status_code=4*,]", "abt", "TestMetricFilter: a field without a name"),
    ("[..., status_code=200, size]", "c", "TestMetricFilter's example"),
    (
        "[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410,"
        " bytes]",
        "abt",
        "OR",
    ),
    ("[..., status_code >= 400 && status_code < 410, bytes]", "at", "AND"),
    ("[..., s = 404 || s = 200 && s = 1, b]", "at", "&& before ||"),
    ("[..., bytes > 1000]", "acij", "a numeric operator"),
    ("[..., bytes <= 1534]", "aijt", "a numeric operator; a hyphen is no number"),
    ("[..., bytes != 1534]", "bcijwext", "not equal"),
    ('[..., request = "GET /index.html HTTP/1.0", s, b]', "ab", "quoted fields lose their quotes"),
    ('[a, b, c, t = "10/Oct*", ...]', "abc", "bracketed fields lose their brackets"),
    ("[w1=ERROR, w2]", "e", "the first word, and a blank indicator after it"),
    ("[w1=ERROR]", "x", RECORDED + ": without it the field is the whole message"),
    ("[w1=ERROR, ...]", "ex", "an ellipsis after it may stand for nothing"),
    ("[w1=ERROR || w1=WARNING, w2]", "we", "the page's OR"),
    ("[w1!=ERROR && w1!=WARNING, w2]", "abcijt", "the page's exclusion"),
    ("[a, ..., z=request]", "we", "an ellipsis between"),
    (
        "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
        "i",
        "the top level item of a URI",
    ),
    (
        "[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, time2]",
        "j",
        "the child level item of a URI",
    ),
    ("[a, rest=*request]", "we", RECORDED + ": the last name takes the rest"),
    ('[a,, c="12:00:02", ...]', "we", "a field between without a name"),
]

REFUSED = [
    ("a:b", "in term ':'. It is not expected at character 2"),
    ("ERROR (x)", r"in term '\('"),
    ("ERR*", r"in term '\*'"),
    ("hello-world", "in term '-'"),
    ("größe", "in term 'ö'"),
    ('"ERROR', "in term '\"'"),
    ("? ERROR", "in term"),
    ('ERROR"x"', "in term"),
    (r'"a\nb"', r"in term '\\n'"),
    ("ERROR && WARN", "in term '&'"),
    ("ERROR %x%", "in term '%'"),
    ("%a% %b%", "stands alone between two percent signs"),
    ("%abc", "stands alone between two percent signs"),
    ("%", "stands alone between two percent signs"),
    ("%%", "is empty"),
    ("%something!%", "in term '!'"),
    ("%[x-zq]ou|[!-]%", "in term '!'"),
    ("%(ab)+%", r"in term '\('"),
    ("%café%", "in term 'é'"),
    ("%\\p%", r"in term '\\p'"),
    ("%\\x4%", r"in term '\\x'"),
    ("%a++%", r"in term '\+'"),
    ("%*a%", r"in term '\*'"),
    ("%a{5,3}%", "is not valid"),
    ("%a{x}%", r"in term '\{'"),
    ("%[abc%", r"in term '\['"),
    ("%a|%", "one of them is empty"),
    ("{ $.v EXISTS }", "in term 'EXISTS'"),
    ("{ $.v IS NOT NULL }", "in term 'IS'"),
    ("{ $.v is null }", "in term 'is'"),
    ("{ $.v == 1 }", "in term '='"),
    ("{ !($.v = 1) }", "in term '!'"),
    ("{ $.v > 0 AND $.v < 2 }", "in term 'AND'"),
    ('{ "v": [1] }', "in term '\"v\"'"),
    ('{ $.v > "Alpha" }', "'>' compares with a number"),
    ("{ $.v >= Alpha }", "'>=' compares with a number"),
    ("{ $.v > 4* }", "'>' compares with a number"),
    ("{ $.v = %(Alpha|Beta)% }", r"in term '\('"),
    ("{ $.items[*].* = 1 }", "has more than one wildcard"),
    ('{ $..value = "hit" }', r"in term '\$'"),
    ('{ $.arr[-1] = "hit" }', r"in term '\['"),
    ('{ $["a"] = 1 }', r"in term '\$'"),
    ("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }", "more than 3 wildcards"),
    ("{ $.v = %a% || $.v = %b% || $.v = %c% }", "more than 2 regular expressions"),
    ("{ $.v = abc-def }", "in term 'abc-def'. Put the text in double quotation marks"),
    ('{ $.v = "a*b" }', "an asterisk inside"),
    ("{ $.v = null }", "write \\$.v IS NULL instead"),
    ("{ $.a[*] != 1 }", "does not say what != means"),
    ("{ $.a[*] NOT EXISTS }", "does not say what NOT EXISTS means"),
    ("{ $.a = 1", "something is missing at its end"),
    ("{ $.a = 1 } x", "in term 'x'"),
    ("{}", r"in term '\}'"),
    (" { $.a = 1 }", "a space stands before"),
    ("[..., status, ...]", "'...' stands in it twice"),
    ("[word, word]", "'word' stands in it twice"),
    ("[a = 1 || b = 2]", "a comma divides fields"),
    ("[a, t = 10/*, ...]", "in term '/'"),
    ("[a,, c=12:*, ...]", "in term ':'"),
    ("[a = (1)]", r"in term '\('"),
    ("[a = ]", r"in term '\]'"),
    ("[a, b", "something is missing at its end"),
    ("x" * 1025, "longer than 1024 characters"),
]


def matched(events, pattern):
    """Return the letters of the events that a pattern matches."""
    test = compile_pattern(pattern)
    return "".join(letter for letter, message in events.items() if test(message))


@pytest.mark.parametrize(("pattern", "letters", "rule"), TERMS)
def test_terms_are_contained_in_a_message(pattern, letters, rule):
    assert matched(LINES, pattern) == letters, rule


@pytest.mark.parametrize(("pattern", "letters", "rule"), REGEXES)
def test_a_regular_expression_is_searched_in_a_message(pattern, letters, rule):
    assert matched(WORDS, pattern) == letters, rule


@pytest.mark.parametrize(("pattern", "letters", "rule"), JSON)
def test_a_pattern_in_braces_reads_json(pattern, letters, rule):
    assert matched(DOCUMENTS, pattern) == letters, rule


@pytest.mark.parametrize(("pattern", "letters", "rule"), FIELDS)
def test_a_pattern_in_brackets_reads_fields(pattern, letters, rule):
    assert matched(ACCESS, pattern) == letters, rule


@pytest.mark.parametrize(("pattern", "message"), REFUSED)
def test_what_is_no_pattern_is_refused_with_a_reason(pattern, message):
    with pytest.raises(ApiError, match=message) as caught:
        compile_pattern(pattern)
    assert (caught.value.code, caught.value.status) == ("InvalidParameterException", 400)


def test_parentheses_may_stand_deep():
    deep = "{ " + "(" * 500 + "$.a=1" + ")" * 500 + "}"
    assert compile_pattern(deep)('{"a": 1}')


def test_a_message_that_is_nested_without_end_is_no_json():
    assert not compile_pattern("{ $.a = 1 }")('{"a":' * 100_000)


def test_a_number_beyond_all_measure_is_infinite():
    for number, is_greater in (
        ("1e" + "9" * 30, True),
        ("-1e" + "9" * 30, False),
        ("1e-999", False),
    ):
        message = f'{{"a": {number}}}'
        assert compile_pattern("{ $.a > 1 }")(message) is is_greater
