"""Filter expressions against a fixed set of traces; the answers follow from the documentation.

https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
"""

import pytest
from example_documents import START, letter_of, make_documents

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.store import Store
from workshop.sandbox.xray.filters import check_filter
from workshop.sandbox.xray.groups import create_group
from workshop.sandbox.xray.operations import OPERATIONS
from workshop.sandbox.xray.segments import store_documents

OK = "ok: response status code was 2XX"
ROOT = "simple keywords find issues only at the trace level"
KINDS = "each type of keyword has its operators"
SET = "none: true if the keyword is set; !: true if it is not"
ANY = "value of the field on any segment in the trace"
JOIN = "combine by AND or OR; side by side is AND, as in 'ok !partial duration <3'"
NOTE = "an annotation is a Boolean, number or string, with the operators of those"
SERVICE = "service(name) {filter}: applies to segments created by the service"
EDGE = "edge(source, destination) {filter}: applies to segments on this connection"
ID = "id(): a name and a type, to tell nodes of the same name apart"
CAUSE = "rootcause: elements of the enumerated list"

EXPRESSIONS = [
    ("ok", "ABFI", OK),
    ("OK", "ABFI", "keywords are case-insensitive"),
    ("ok = true", "ABFI", "=, !=: compare with true or false"),
    ('ok = "true"', "ABFI", "compare with the string true or false"),
    ("!ok", "CDEGH", "!: true if the keyword is false"),
    ("ok = false", "CDEGH", "ok = false is !ok"),
    ("ok != TRUE", "CDEGH", "=, !=: compare with true or false"),
    ("error", "DE", "error: 4XX; " + ROOT),
    ("throttle", "E", "throttle: 429; " + ROOT),
    ("fault", "C", "fault: 5XX; one downstream that is handled is not found"),
    ("partial", "G", "partial: request has incomplete segments"),
    ("!partial", "ABCDEFHI", "!: true if the keyword is false"),
    ("inferred", "F", "inferred: request has inferred segments"),
    ("responsetime > 5", "C", KINDS),
    ("responseTime >= 2.5", "BC", KINDS),
    ("responsetime < 0.1", "DE", "responsetime: time that the server took to send a response"),
    ("responsetime <= .1", "DEH", KINDS),
    ("responsetime = 5e-1", "I", KINDS),
    ("responsetime != 0.5", "ABCDEFH", KINDS),
    ("duration >= 5 AND duration <= 8", "C", "the page's own example"),
    ("duration > 8", "F", "duration: total, including all downstream calls"),
    ("http.status = 200", "ABF", KINDS),
    ("http.status != 200", "CDEH", "compare the value of the keyword"),
    ("http.status >= 400 http.status < 500", "DE", JOIN),
    ("http.status", "ABCDEFH", SET),
    ("!http.status", "GI", SET),
    ('http.url CONTAINS "/api/"', "ABCDEFG", KINDS),
    ('http.url contains "/api/"', "ABCDEFG", "keywords are case-insensitive"),
    ('http.url BEGINSWITH "http://shop.example/api/h"', "AEG", KINDS),
    ('http.url ENDSWITH "/home"', "AEG", KINDS),
    ('http.url ENDSWITH "a long way before http://shop.example/api/home"', "", KINDS),
    ('http.url = "http://shop.example/old"', "H", KINDS),
    ('http.url != "http://shop.example/old"', "ABCDEFG", KINDS),
    ('http.method = "POST"', "BF", "http.method: request method"),
    ('http.useragent CONTAINS "curl"', "AG", "http.useragent: user agent string"),
    ('http.clientip = "10.0.0.2"', "B", "http.clientip: requestor's IP address"),
    ('user = "alice"', "A", ANY),
    ("user", "AC", SET),
    ('user CONTAINS ""', "AC", "a field exists if it contains the empty string"),
    ("!user", "BDEFGHI", SET),
    ('user != "alice"', "C", ANY),
    ('availabilityzone = "us-east-1a"', "C", ANY),
    ('instance.id BEGINSWITH "i-0"', "C", ANY),
    ('resource.arn ENDSWITH "i-0abc"', "C", ANY),
    ("ok !partial duration <3", "ABI", "the page's own example"),
    ("error OR fault", "CDE", JOIN),
    ("fault OR error AND throttle", "CE", "AND binds more than OR"),
    ("(fault OR error) AND throttle", "E", "parentheses"),
    ("!(error or fault)", "ABFGHI", "parentheses"),
    ("!!fault", "C", "!: true if the keyword is false"),
    ("http.url AND responseTime > 2", "BC", "the page's own example"),
    ('annotation.page = "home"', "A", NOTE),
    ('annotation.page CONTAINS "om"', "A", NOTE),
    ('annotation.page != "home"', "", NOTE),
    ("annotation.items > 29", "B", NOTE),
    ("annotation.items = 3", "A", NOTE),
    ("annotation.items != 3", "B", NOTE),
    ('annotation.items = "3"', "", "a number is not a string"),
    ("annotation.items", "AB", SET),
    ("!annotation.items", "CDEFGHI", SET),
    ("annotation.cached", "A", "of boolean type, it will evaluate to the boolean value"),
    ("!annotation.cached", "BCDEFGHI", "of boolean type, it will evaluate to the value"),
    ("annotation.cached = false", "B", NOTE),
    ('annotation[gameid] = "817DL6VO"', "B", "annotation[key] is annotation.key"),
    ('annotation[my.key] = "x"', "I", "a key with a dot needs annotation[key]"),
    (r'annotation.handle = "a\"b\\c"', "B", "a quotation mark in a text is escaped"),
    ("annotation.none", "", SET),
    ('service("profiles")', "AB", "the request hit a certain node"),
    ('service("profiles") { fault }', "B", SERVICE),
    ("service() { fault }", "BCF", "exclude the service name to apply it to all nodes"),
    ('service("backend") { fault }', "C", SERVICE),
    ('!service("profiles")', "CDEFGHI", "! to exclude a service"),
    ('service("backend") {root = true and fault = true}', "C", "the page's own example"),
    ('service("profiles") { root }', "", "root: entry point or root segment of a trace"),
    ('service("backend") { partial }', "G", SERVICE),
    ('service("posts") { inferred }', "F", "inferred segments of what sends none"),
    ("service() { inferred fault }", "F", SERVICE),
    ('service("profiles") { responsetime > 0.05 AND http.status = 500 }', "B", SERVICE),
    ('service() { name BEGINSWITH "prof" }', "AB", "name: the name of a service"),
    ('service() { type = "AWS::EC2::Instance" }', "C", "type: service type"),
    ('service("backend") { user = "bob" }', "C", SERVICE),
    ('service("random-name") { error }', "I", "a service filter finds both nodes of a name"),
    ('service(id(name: "random-name", type: "AWS::Lambda::Function")) { error }', "I", ID),
    ('service(id(name: "random-name", type: "AWS::Lambda")) { error }', "", ID),
    ('service(id(type:"AWS::DynamoDB::Table"))', "F", "id(): exclude the name entirely"),
    ('service(id(account.id: "000000000000"))', "ABCDEFGHI", ID),
    ('edge("backend", "profiles")', "AB", EDGE),
    ('edge("backend", "profiles") { fault }', "B", EDGE),
    ('edge("backend", "profiles") { ok }', "A", EDGE),
    ('edge("backend", "profiles") { responsetime >= 0.15 }', "AB", "as the caller saw it"),
    ('edge("profiles", "backend")', "", EDGE),
    ('edge(id(name: "backend"), id(type: "AWS::DynamoDB::Table")) { fault }', "F", ID),
    ('edge(id(type: "client"), "worker")', "I", "edges connect clients to your application"),
    ('edge("random-name", "random-name")', "I", EDGE),
    ('!edge("backend", "profiles") AND service("backend")', "CDEFGH", "! to exclude an edge"),
    ('rootcause.fault.service { name = "profiles" }', "B", CAUSE),
    ('rootcause.fault.entity { last and name = "profiles" }', "B", CAUSE),
    ('rootcause.fault.entity { first and name = "profiles" }', "", CAUSE),
    ('rootcause.fault.exception { last and message = "no such handle" }', "B", CAUSE),
    ('rootcause.fault.exception { name = "ValueError" }', "C", "name of an exception"),
    ('rootcause.fault.service { inferred and type = "AWS::DynamoDB::Table" }', "F", CAUSE),
    ("rootcause.fault.entity { remote }", "BF", "remote: root cause entity is remote"),
    ('rootcause.error.service { first and name = "worker" }', "I", CAUSE),
    ("rootcause.fault.service { index > 0 }", "BF", "index: position in an enumerated list"),
    ("rootcause.responsetime.entity { last and coverage > 0.8 }", "BCDEH", "coverage"),
    ("rootcause.responsetime.entity { index > 2 }", "I", "index"),
    ('group.name = "slow" AND user = "bob"', "C", "the page's own example"),
    ('group.name != "slow"', "ADEFGHI", "=, !=: compare the value of the keyword"),
    ('group.name = "Default" error', "DE", "the built-in group takes every trace"),
]

REFUSED = [
    ("", "it is empty"),
    ("  ", "it is empty"),
    ("ok AND", "something is missing at its end"),
    ("(ok", "something is missing at its end"),
    ("ok)", r"'\)' is not expected at character 3"),
    ("AND ok", "'AND' is not expected at character 1"),
    ("ok = ", "something is missing at its end"),
    ("user = 'alice'", "double quotation marks"),
    ('user = "alice', "double quotation marks"),
    ("user = alice", 'put the value in quotation marks: "alice"'),
    ("respontime > 1", "unknown keyword 'respontime'. Did you mean 'responsetime'?"),
    ("status = 200", "unknown keyword 'status'"),
    ("http.url > 5", "'http.url' is a string and cannot be compared with 5"),
    ('http.status = "200"', "'http.status' is a number and cannot be compared with \"200\""),
    ("duration CONTAINS 5", "by =, !=, <, <=, >, >=, not by CONTAINS"),
    ("fault > true", "by =, !=, not by >"),
    ('user > "a"', "by =, !=, CONTAINS, BEGINSWITH, ENDSWITH, not by >"),
    ("first", r"'first' says nothing of a trace; it belongs into rootcause"),
    ("root", r"'root' says nothing of a trace; it belongs into service\(\)"),
    ('name = "profiles"', r"'name' says nothing of a trace; it belongs into service\(\)"),
    ("service(profiles)", "'profiles' is not expected at character 9"),
    ('service("a") { annotation.b }', r"annotation cannot be used in service\(\)"),
    ('service("a") { service("b") }', r"service\(\) cannot be used in service\(\)"),
    ('edge("a", "b") { user = "x" }', r"'user' says nothing of edge\(\)"),
    ('edge("a")', r"'\)' is not expected"),
    ('service(id(kind: "x"))', "id.. knows name, type, account.id, not 'kind'"),
    ("annotation.my.key", r"write a key with a dot as annotation\[my.key\]"),
    ("annotation.my-key", "letters, digits, underscores and dots only, not 'my-key'"),
    ("rootcause.json = #[{}]", "'rootcause.json' is not emulated"),
    ("json", "'json' is not emulated"),
    ("rootcause.fault.nothing { first }", "unknown keyword 'rootcause.fault.nothing'"),
    ("rootcause.fault.service { fault }", "'fault' says nothing of rootcause"),
    ('group.name = "none"', "Group not found"),
    ('group.name CONTAINS "s"', "'group.name' is compared by = or !="),
    ("!" * 200 + "ok", "nested too deeply"),
    ("ok " * 700, "longer than 2000 characters"),
]


@pytest.fixture(scope="module")
def summarize(tmp_path_factory):
    """Ask GetTraceSummaries for a filter expression, and return the traces' letters."""
    store = Store(tmp_path_factory.mktemp("store"))
    assert store_documents(store, make_documents()) == []
    create_group(store, {"GroupName": "slow", "FilterExpression": "responsetime > 2"})

    def ask(expression):
        asked = {"StartTime": START, "EndTime": START + 60, "FilterExpression": expression}
        answer = OPERATIONS["GetTraceSummaries"](store, asked)
        assert answer["TracesProcessedCount"] == 9
        return "".join(sorted(letter_of(each["Id"]) for each in answer["TraceSummaries"]))

    yield ask
    store.close()


@pytest.mark.parametrize(("expression", "letters", "rule"), EXPRESSIONS)
def test_an_expression_finds_what_the_documentation_says(summarize, expression, letters, rule):
    assert summarize(expression) == letters, rule


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_what_is_no_expression_is_refused_with_a_reason(summarize, expression, message):
    with pytest.raises(ApiError, match=message) as caught:
        summarize(expression)
    assert (caught.value.code, caught.value.status) == ("InvalidRequestException", 400)


def test_parentheses_may_stand_around_anything(summarize):
    assert summarize("(" * 200 + "fault" + ")" * 200) == "C"


def test_a_groups_own_filter_is_checked_and_names_no_group():
    check_filter("responsetime > 2")
    with pytest.raises(ApiError, match="cannot be used in a group's own filter"):
        check_filter('group.name = "slow"')


def test_what_an_expression_brings_is_never_part_of_the_sql(summarize):
    assert summarize("""user = "x' OR '1' = '1" """) == ""
    assert summarize("""service("x') OR 1 = 1 --")""") == ""
    assert summarize("""annotation.page = "'; DROP TABLE xray_traces; --" """) == ""
    assert summarize("fault") == "C"
