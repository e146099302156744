import pytest

from workshop.views import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 ms"),
        (0.0004, "0 ms"),
        (0.00123, "0.0012 ms"),
        (0.42, "0.42 ms"),
        (0.996, "1.0 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (181.6, "182 ms"),
        (12_345.6, "12,346 ms"),
    ],
)
def test_durations_show_the_digits_that_matter(value, text):
    assert words.milliseconds(value) == text


@pytest.mark.parametrize(
    ("attributes", "message", "text"),
    [
        ({"error.type": "requests.exceptions.ConnectionError"}, "x", "ConnectionError"),
        ({"error.type": "500"}, "", "HTTP 500"),
        ({"http.response.status_code": 502}, "", "HTTP 502"),
        ({"http.status_code": 502}, "", "HTTP 502"),
        ({}, "gave up after 250.5 ms on port 41233", "gave up after … ms on port …"),
        ({}, "<Pool object at 0x7f3a5c> is\nfull", "<Pool object at …> is full"),
        ({}, "", ""),
    ],
)
def test_a_reason_is_the_best_that_the_span_says(traces, attributes, message, text):
    span = traces.make(1).roots[0]
    assert words.reason(span) == ""
    span.error, span.attributes, span.status_message = True, attributes, message
    assert words.reason(span) == text


def test_a_recorded_exception_is_the_first_reason(traces):
    span = traces.failed.roots[0].children[0]
    assert words.reason(span) == "HTTPError"


@pytest.mark.parametrize("limit", range(1, 12))
def test_what_is_shortened_fits_and_keeps_its_ends(limit):
    text = words.shorten("abcdefghij", lambda candidate: len(candidate) <= limit)
    assert len(text) == min(limit, 10)
    if limit >= 10:
        assert text == "abcdefghij"
    else:
        head, tail = text.split("…")
        assert "abcdefghij".startswith(head)
        assert "abcdefghij".endswith(tail)


def test_a_trace_of_several_roots_says_so(traces):
    assert words.facts(traces.orphans) == (
        "GET /api/activities/home and 2 more roots: 4 spans, 2 services, 40 ms"
    )


def test_a_file_is_named_without_its_folders():
    assert words.without_folders("/home/me/a project/app.sqlite") == "app.sqlite"
    assert words.without_folders("GET /api") == "GET /api"
    assert words.without_folders("/") == "/"
