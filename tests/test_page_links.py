"""Links below a notebook's pictures: they lead to pages, and are saved alike in every run."""

import json
import re

import pytest

from workshop import course, page_links
from workshop.errors import WorkshopError
from workshop.sandbox.store import Store
from workshop.sandbox.web import create_app
from workshop.views.link import Link, settle
from workshop.views.picture import Picture

SANDBOX = "http://127.0.0.1:40404"
HONEYCOMB = {"HONEYCOMB_API_KEY": "a-key"}
AWS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_REGION": "eu-west-1"}
ROLLBAR = {"ROLLBAR_ACCESS_TOKEN": "a-token"}
ID = "5b8efff798038103d269b633813fc60c"
PAGES = [
    ("overview", {}, ""),
    ("honeycomb", {}, "honeycomb"),
    ("honeycomb", {"trace": ID}, f"honeycomb/trace/{ID}"),
    ("xray", {}, "xray"),
    ("xray", {"filter": 'service("a") { fault }'}, "xray?filter=service%28%22a%22%29%20%7B"),
    ("xray", {"trace": "1-0-1"}, "xray/trace/1-0-1"),
    ("cloudwatch", {}, "cloudwatch"),
    ("cloudwatch", {"group": "a/b", "pattern": "x"}, "cloudwatch/group?name=a%2Fb&pattern=x"),
    ("insights", {"query": "fields a\n| limit 1"}, "cloudwatch/insights?query=fields%20a%0A%7C"),
    ("rollbar", {}, "rollbar"),
    ("rollbar", {"item": 3}, "rollbar/item/3"),
    ("request", {"id": ID}, f"request?id={ID}"),
]


def link(page, asked, variables=None):
    return page_links.link(variables or {}, SANDBOX, page, asked)


@pytest.mark.parametrize(("page", "asked", "path"), PAGES)
def test_a_link_leads_to_a_page_of_the_sandbox(page, asked, path, tmp_path):
    href = link(page, asked).href
    assert href.startswith(f"{SANDBOX}/{path}")
    store = Store(tmp_path / "empty")
    answer = create_app(store).test_client().get(href, headers={"Accept": "text/html"})
    store.close()
    # In an empty sandbox the page of one thing says that there is none; every other is there.
    is_one = bool({"trace", "item", "group"} & asked.keys())
    assert answer.status_code == (404 if is_one else 200)
    assert "No such" in answer.text if is_one else "No such" not in answer.text


def test_behind_a_proxy_it_leads_there():
    variables = {"WORKSHOP_PAGES": "/user/noor/sandbox/"}
    assert link("honeycomb", {"trace": ID}, variables).href == (
        f"/user/noor/sandbox/honeycomb/trace/{ID}"
    )


@pytest.mark.parametrize(
    ("page", "asked", "variables", "href"),
    [
        ("honeycomb", {"trace": ID}, HONEYCOMB, "https://ui.honeycomb.io"),
        (
            "honeycomb",
            {},
            {**HONEYCOMB, "HONEYCOMB_API_ENDPOINT": "https://api.eu1.honeycomb.io"},
            "https://ui.eu1.honeycomb.io",
        ),
        ("rollbar", {"item": 3}, ROLLBAR, "https://app.rollbar.com"),
        (
            "xray",
            {"trace": "1-0-1"},
            AWS,
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
            "#xray:traces/1-0-1",
        ),
        (
            "insights",
            {"query": "x"},
            AWS,
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
            "#logsV2:logs-insights",
        ),
    ],
)
def test_a_real_vendors_own_page_is_linked_instead(page, asked, variables, href):
    assert link(page, asked, variables).href == href


def test_one_real_vendor_changes_no_other():
    for page, asked, _ in PAGES:
        for variables in (HONEYCOMB, ROLLBAR, AWS):
            is_own = SANDBOX not in link(page, asked, variables).href
            assert is_own == (
                (page == "honeycomb" and variables is HONEYCOMB)
                or (page == "rollbar" and variables is ROLLBAR)
                or (page in ("xray", "cloudwatch", "insights") and variables is AWS)
            )


def test_an_unknown_page_is_told_with_those_that_there_are():
    with pytest.raises(WorkshopError, match=r"no page zipkin\.\nThere are: overview, "):
        link("zipkin", {})


@pytest.mark.parametrize(
    ("href", "saved"),
    [
        (f"{SANDBOX}/honeycomb/trace/{ID}", "http://127.0.0.1:4318/honeycomb"),
        (f"{SANDBOX}/xray/trace/1-{ID[:8]}-{ID[8:]}", "http://127.0.0.1:4318/xray"),
        (f"{SANDBOX}/request?id={ID}", "http://127.0.0.1:4318/request"),
        (f"{SANDBOX}/rollbar/item/1", "http://127.0.0.1:4318/rollbar/item/1"),
        (f"{SANDBOX}/xray?filter=fault", "http://127.0.0.1:4318/xray?filter=fault"),
    ],
)
def test_a_saved_link_tells_nothing_of_its_run(href, saved):
    html = settle(Link("See it", href)._repr_html_())
    assert html == Link("See it", saved)._repr_html_()
    assert settle(html) == html


def test_a_link_is_text_in_html():
    html = Link("<b>", '"><script>')._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_linked_picture_is_shown_with_its_link_below(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda each, **_: shown.append(each))
    below = Link("See it", "/x")
    picture = Picture(b"\x89PNG\r\n\x1a\n0000IHDR\0\0\7\x6c", "words")
    picture._ipython_display_()
    picture.linked(below)._ipython_display_()
    words = {"image/png": picture.png, "text/plain": "words"}
    assert shown == [words, words, below]


def test_every_saved_picture_of_telemetry_has_a_link_below(repository):
    """Step 0 has none yet, and what the app itself takes is on no page."""
    for file in [repository / "notebooks" / step.notebook.name for step in course.steps()[1:]]:
        for cell in json.loads(file.read_text("utf-8"))["cells"]:
            outputs = cell.get("outputs", [])
            for place, output in enumerate(outputs):
                data = output.get("data", {})
                if "image/png" in data and "processor time" not in data["text/plain"][0]:
                    (html,) = outputs[place + 1]["data"]["text/html"]
                    assert re.match('<a class="page" href="http', html), (file.name, cell["id"])
