"""What all pages share: headers, who may write, live parts, links, and text that stays text."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from console_client import FRAGMENT, Elements
from walked import QUOTES, XSS

from workshop.sandbox.console import frame, pages
from workshop.sandbox.refusals import record_refusal

LINKS_OF_A_KIND = 4
NO_SUCH = ["/honeycomb/trace/<img>", "/xray/trace/<img>", "/cloudwatch/group?name=<img>"]


def test_every_page_is_whole_and_tells_its_tool(client, addresses):
    for name, address in addresses.items():
        page = Elements(client.text(address))
        assert len(page.named("h1")) == 1, name
        assert len(page.named("main")) == 1, name
        assert page.named("html") == [{"lang": "en"}], name


def test_headers_let_nothing_in_but_the_sandboxs_own_files(client, addresses):
    for address in [*addresses.values(), *NO_SUCH, "/console/console.js", "/console/console.css"]:
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"


def test_pages_hold_no_script_and_no_style_of_their_own(client, addresses):
    for name, address in addresses.items():
        page = Elements(client.text(address))
        assert [set(each) for each in page.named("script")] == [{"src", "defer"}], name
        assert page.named("style") == [], name
        for tag, attributes in page.found:
            assert "style" not in attributes, (name, tag)
            assert not [key for key in attributes if key.startswith("on")], (name, tag)


def test_markup_that_was_sent_is_shown_as_text(client, addresses):
    for name, address in addresses.items():
        page = Elements(client.text(address))
        assert page.named("img") == [], name
        assert len(page.named("script")) == 1, name
    for name in ("trace", "segments", "log group", "item", "overview"):
        assert XSS in Elements(client.text(addresses[name])).text, name
    for name in ("segments", "item"):
        assert QUOTES in Elements(client.text(addresses[name])).text, name


@pytest.mark.parametrize("address", NO_SUCH)
def test_what_is_not_there_is_said(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "No such" in answer.text
    assert Elements(answer.text).named("img") == []


def test_first_page_is_plain_for_who_asks_for_no_html(client):
    plain = client.get("/", Accept="*/*")
    assert plain.mimetype == "text/plain"
    assert "Honeycomb   traces at" in plain.text
    assert client.get("/").mimetype == "text/html"


def test_another_host_name_gets_no_page(client):
    assert client.get("/honeycomb", Host="rebound.example").status_code == 421


def test_a_live_part_is_what_the_page_holds(client, addresses):
    for name, address in addresses.items():
        part = client.get(address, **FRAGMENT)
        assert part.status_code == 200
        assert part.text in client.text(address), name
        assert "<html" not in part.text


def test_a_live_part_is_sent_again_only_once_it_changes(empty):
    first = empty.get("/", **FRAGMENT)
    etag = first.headers["ETag"]
    page = Elements(empty.text("/"))
    (live,) = [each for each in page.named("div") if each.get("id") == "live"]
    assert etag == f'"{live["data-etag"]}"'
    assert empty.get("/", **FRAGMENT, **{"If-None-Match": etag}).status_code == 304
    _refuse(empty, "a reason")
    changed = empty.get("/", **FRAGMENT, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert "a reason" in changed.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({}, 403),
    ],
)
def test_only_its_own_pages_write(client, headers, status):
    answer = client.post("/rollbar/item/1", {"status": "active"}, **headers)
    assert answer.status_code == status


def test_a_long_form_is_refused(client):
    own = {"Sec-Fetch-Site": "same-origin"}
    fields = {"status": "x" * (frame.BODY_LIMIT + 1)}
    assert client.post("/rollbar/item/1", fields, **own).status_code == 413


def test_every_link_leads_to_a_page(client):
    seen, waiting = {"/": ["/"]}, ["/"]
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        if answer.status_code == 303:
            # What is said of one request leads to it where a tool has it.
            assert address.startswith("/request"), address
            answer = client.get(urljoin(address, answer.headers["Location"]))
        assert answer.status_code == 200, address
        page = Elements(answer.text)
        for link in [each["href"] for each in page.named("a")]:
            # Behind a proxy the sandbox is not at the root of its host.
            assert not link.startswith("/"), (address, link)
            parts = urlsplit(urljoin(f"http://localhost{address}", link))
            found = parts.path + (f"?{parts.query}" if parts.query else "")
            of_kind = seen.setdefault(_kind(parts.path), [])
            if found not in of_kind and len(of_kind) < LINKS_OF_A_KIND:
                of_kind.append(found)
                waiting.append(found)
    tools = {"/", "/honeycomb", "/xray", "/cloudwatch", "/rollbar"}
    below = {"/honeycomb/trace", "/xray/trace", "/cloudwatch/group", "/cloudwatch/insights"}
    assert set(seen) == tools | below | {"/rollbar/item", "/request"}


def _kind(path):
    return re.sub(r"/[^/]*\d[^/]*$", "", path)


def test_keys_are_hidden(empty):
    # Built here, so that nothing in this file looks like a key.
    keys = ["hcaik_" + "01" * 15, "AKIA" + "A1B2" * 4, "Ab3" + "x" * 19]
    for key in keys:
        _refuse(empty, f"the key {key} is wrong")
    shown = empty.text("/")
    assert not [key for key in keys if key in shown]
    assert shown.count(frame.MASK) == 3


def test_trace_ids_are_not_taken_for_keys(client, addresses):
    assert frame.MASK not in client.text(addresses["trace"])
    assert frame.MASK not in client.text(addresses["segments"])


def test_only_the_two_files_are_served(client):
    for name in pages.STATIC:
        assert client.get(f"/console/{name}").status_code == 200
    for name in ("pages.py", "..%2fpages.py", "../pages.py", ""):
        assert client.get(f"/console/{name}").status_code == 404


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/honeycomb", "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost"),
        ("/xray", "workshop env"),
        ("/cloudwatch", "aws logs create-log-group"),
        ("/cloudwatch/insights", "How to make one"),
        ("/rollbar", "curl http://localhost/api/1/item/"),
    ],
)
def test_an_empty_page_says_what_to_run(empty, address, command):
    assert command in Elements(empty.text(address)).text


def test_an_empty_page_tells_what_was_refused(empty):
    _refuse(empty, "unknown API key", vendor="honeycomb")
    assert "401, unknown API key" in Elements(empty.text("/honeycomb")).text
    assert "unknown API key" not in empty.text("/xray")


def _refuse(client, reason, vendor=""):
    record_refusal(
        client.store,
        vendor=vendor,
        kind="unknown-key",
        status=401,
        reason=reason,
        path="/v1/traces",
        user_agent="test",
    )
