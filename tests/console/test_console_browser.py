"""The console in a real browser: live, by keyboard, at two widths and in both themes."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect, sync_playwright
from walked import GROUP, XSS, Walk, path_of, trace_id

from docs import screenshots
from workshop.sandbox.server import running_sandbox

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install -y chromium"
)

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 400, "height": 800}
SLOW_MS = 20_000


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, walked):
    """Open a page of the walked workshop; what its script or its policy complains of fails it."""
    contexts, complaints = [], []

    def opened(address, viewport=WIDE, theme="light", base=walked.url):
        context = chromium.new_context(viewport=viewport, color_scheme=theme, base_url=base)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(("theme", "viewport"), [("light", WIDE), ("dark", NARROW)])
def test_each_page_fits_its_window_and_axe_finds_nothing_serious(
    open_page, addresses, theme, viewport
):
    axe, page = Axe(), open_page("/", viewport, theme)
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"], name
        violations = axe.run(page).response["violations"]
        serious = [each for each in violations if each["impact"] in ("serious", "critical")]
        if serious:
            found[name] = [(each["id"], each["nodes"][0]["html"]) for each in serious]
    assert found == {}


def test_a_theme_changes_the_page_and_its_pictures(open_page, addresses):
    def look(theme):
        page = open_page(addresses["trace"], theme=theme)
        read = "each => getComputedStyle(each)"
        return (
            page.locator("body").evaluate(f"{read}.backgroundColor"),
            page.locator(".picture text.name").first.evaluate(f"{read}.fill"),
        )

    light, dark = look("light"), look("dark")
    assert light == ("rgb(255, 255, 255)", "rgb(31, 35, 40)")
    assert dark == ("rgb(15, 20, 26)", "rgb(230, 237, 243)")


def test_one_request_is_followed_through_all_tools(open_page):
    page = open_page("/")
    page.get_by_role("navigation").get_by_role("link", name="Honeycomb").click()
    row = page.get_by_role("row").filter(has=page.locator(f"a[href$='{trace_id(3)}']"))
    row.get_by_role("link", name="in X-Ray").click()
    expect(page).to_have_url(re.compile("/xray/trace/1-a3a3a3a3-"))
    page.locator(".matches").get_by_role("link", name=GROUP).click()
    expect(page.get_by_label("Filter pattern")).to_have_value(f'"{trace_id(3)}"')
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="in Rollbar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(XSS)
    rows = page.get_by_role("region", name="Occurrences, the latest first")
    rows.get_by_role("link", name="in Honeycomb").first.click()
    expect(page).to_have_url(re.compile("/honeycomb/trace/"))


def test_a_square_of_the_heatmap_leads_to_its_slowest_request(open_page):
    page = open_page("/honeycomb")
    page.locator(f".picture a[href$='{trace_id(5)}']").click()
    expect(page).to_have_url(re.compile(f"/honeycomb/trace/{trace_id(5)}"))


def test_a_query_is_run_and_drawn(open_page):
    page = open_page("/cloudwatch/insights")
    page.get_by_role("link", name="how many of each level").click()
    expect(page.get_by_role("group", name="Chart: lines by level")).to_be_visible()
    box = page.get_by_label("Query")
    expect(box).to_have_value("stats count(*) as lines by level")
    box.fill("stats cuont(*)")
    page.get_by_role("button", name="Run query").click()
    expect(page.get_by_role("alert")).to_contain_text("cuont")
    expect(box).to_have_value("stats cuont(*)")


def test_the_keyboard_alone_is_enough(open_page):
    page = open_page("/xray")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Filter expression")).to_be_focused()
    page.keyboard.type("fault and responsetim > 0")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean 'responsetime'?")
    box = page.get_by_label("Filter expression")
    box.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("fault and responsetime > 0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("the filter takes 2")).to_be_visible()
    rows = page.get_by_role("region", name="Traces")
    _tab_to(page, rows.get_by_role("link", name=path_of(3)).first)
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("link", name="home-feed, backend"))
    page.keyboard.press("Enter")
    expect(page.locator("#chosen h2")).to_have_text("home-feed")


def test_what_arrives_is_shown_without_a_reload(open_page, tmp_path):
    with running_sandbox(tmp_path / "live") as sandbox:
        page = open_page("/honeycomb", base=sandbox.url)
        expect(page.get_by_text("No traces yet.")).to_be_visible()
        page.evaluate("window.isSame = true")
        walk = Walk(sandbox.url, sandbox.daemon_port)
        walk.send_spans(0)
        expect(page.get_by_role("status")).to_have_text(re.compile("^1 trace, "))
        traces = page.get_by_role("region", name="Recent traces")
        link = traces.get_by_role("link", name=f"GET {path_of(0)}", exact=True)
        link.focus()
        walk.send_spans(1)
        expect(page.get_by_role("status")).to_have_text(re.compile("^2 traces, "))
        expect(link).to_be_focused()
        assert page.evaluate("window.isSame")

        asked = []
        page.on("request", lambda request: asked.append(request.url))
        _hide(page, "true")
        page.wait_for_timeout(2500)
        assert asked == []
        _hide(page, "false")
        page.wait_for_event("request")
        page.close()


def test_pictures_for_the_documents_can_be_taken_anew(chromium, walked, client, tmp_path):
    addresses = screenshots.find_addresses(walked)
    for name, page, theme, height in screenshots.SHOWN:
        png = screenshots.take(chromium, addresses[page], 1280, theme, height)
        screenshots.save(png, tmp_path / name)
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (1280, height)
        # What the README shows is what this makes, and small enough to be kept in git.
        kept = screenshots.place.root() / "docs" / name
        with Image.open(kept) as picture:
            assert picture.size == (1280, height)
        assert kept.stat().st_size < 100_000
    for address in addresses.values():
        if "microblog" not in address:
            client.text(address.removeprefix(walked.url))


def test_a_sandbox_that_has_ended_is_told(open_page, tmp_path, chromium):
    with running_sandbox(tmp_path / "ended") as sandbox:
        page = chromium.new_context(base_url=sandbox.url).new_page()
        page.goto("/xray")
    expect(page.get_by_role("status")).to_contain_text("does not answer", timeout=SLOW_MS)
    page.context.close()


def test_an_item_is_resolved_by_a_click(open_page):
    page = open_page("/rollbar/item/1")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("status")).to_have_text("resolved, 2 occurrences")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("status")).to_have_text("active, 2 occurrences")


def test_what_is_opened_stays_open_when_the_page_changes(open_page, addresses):
    page = open_page(addresses["log group"])
    line = page.locator("details").first
    line.locator("summary").click()
    page.evaluate("replace(live.innerHTML)")
    expect(line).to_have_attribute("open", "")


def _tab_to(page, element):
    """Press Tab until an element has the focus."""
    for _ in range(80):
        if element.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {element}")


def _hide(page, hidden):
    page.evaluate(
        f"Object.defineProperty(document, 'hidden', {{configurable: true, value: {hidden}}});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
