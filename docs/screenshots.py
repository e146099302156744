"""Makes the pictures of the sandbox's pages that the documents show: `make pictures`.

The last step's app is run in a scratch copy, asked for its pages as a class would ask, and Debian's
Chromium looks at what the sandbox has of it. With a folder it takes every page there, in both
themes and at both widths, for somebody to look at.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import boto3
import requests
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from workshop import course, learner_app, place, real
from workshop.errors import WorkshopError
from workshop.sandbox.server import Sandbox, running_sandbox
from workshop.scratch import copy_checkout

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = {"wide": 1280, "narrow": 400}
THEMES = ("light", "dark")
ROUNDS = 25
RULE = {
    "RuleName": "activities",
    "Priority": 100,
    "FixedRate": 1.0,
    "ReservoirSize": 1,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "/api/*",
    "ResourceARN": "*",
    "Version": 1,
}
GROUP = "microblog"
QUERY = """filter ispresent(duration_ms)
| stats count(*) as requests, avg(duration_ms) as average_ms by route
| sort average_ms desc"""
VOLUME = "filter ispresent(duration_ms)\n| stats count(*) as lines by bin(5s)"

# What the documents show: the file, the page, the theme, and how high the picture is.
SHOWN = (
    ("pages-honeycomb.png", "honeycomb", "light", 792),
    ("pages-xray.png", "xray", "dark", 690),
)


def main() -> None:
    """Take the pictures that the documents show, or with a folder all there are."""
    if not CHROMIUM.exists():
        raise WorkshopError(f"{CHROMIUM} is absent.", "apt-get install -y chromium")
    with workshop_that_was_used() as sandbox, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        addresses = find_addresses(sandbox)
        if len(sys.argv) > 1:
            take_all(browser, addresses, Path(sys.argv[1]))
            return
        for name, page, theme, height in SHOWN:
            picture = take(browser, addresses[page], WIDTHS["wide"], theme, height)
            file = place.root() / "docs" / name
            save(picture, file)
            print(f"pictures: docs/{name}, {file.stat().st_size // 1024} KB")


# The last one whose app has X-Ray's SDK, and so makes use of sampling rules.
STEP = 9


@contextmanager
def workshop_that_was_used() -> Iterator[Sandbox]:
    """Lend a sandbox that an app has sent to."""
    step = course.step(STEP)
    with tempfile.TemporaryDirectory(prefix="workshop-") as name:
        folder = Path(name)
        print(f"pictures: running the app of step {step.number:02d}", flush=True)
        root = copy_checkout(folder / "workshop", step)
        with running_sandbox(folder / "sandbox") as sandbox:
            xray = boto3.client("xray", **keys(sandbox))
            xray.create_sampling_rule(SamplingRule=RULE)
            xray.close()
            env = {
                **real.clean_environment(folder),
                **real.app_variables({}, sandbox.url, sandbox.daemon_port),
            }
            app = learner_app.start(root, env, folder / "logs")
            try:
                drive(app.url)
            finally:
                # What its SDKs still hold is sent while it ends.
                app.stop()
            yield sandbox


def keys(sandbox: Sandbox) -> dict[str, str]:
    """Return what a client of boto3's needs to ask a sandbox."""
    return {
        "endpoint_url": sandbox.url,
        "region_name": real.REGION,
        "aws_access_key_id": real.SANDBOX_KEY,
        "aws_secret_access_key": real.SANDBOX_KEY,
    }


def drive(url: str) -> None:
    """Ask the app for its pages; some requests fail, as they would in a class."""
    pages = ("home", "@tilda", "search?term=bread", "notifications", "@nobody")
    with requests.Session() as session:
        session.trust_env = False
        for number in range(ROUNDS):
            for page in pages[: 4 + (number % 4 == 0)]:
                session.get(f"{url}/api/activities/{page}", timeout=10)
            session.get(f"{url}/api/message_groups", timeout=10)
            post = {"message": f"post {number}", "ttl": "1-hour" if number % 6 == 5 else "7-days"}
            session.post(f"{url}/api/activities", json=post, timeout=10)


def find_addresses(sandbox: Sandbox) -> dict[str, str]:
    """Return the address of each page, by a name for its file."""
    with sandbox.reader() as reader:

        def read(query: str) -> str:
            row = reader.execute(query).fetchone()
            return str(row[0]) if row else ""

        trace = read(
            "SELECT trace_id FROM honeycomb_traces ORDER BY start_ns DESC LIMIT 1 OFFSET 6"
        )
        fault = read(
            "SELECT trace_id FROM xray_segments WHERE fault ORDER BY start_ns DESC LIMIT 1"
        )
    base = sandbox.url
    return {
        "overview": f"{base}/",
        "honeycomb": f"{base}/honeycomb",
        "trace": f"{base}/honeycomb/trace/{trace}",
        "xray": f"{base}/xray",
        "xray-filter": f'{base}/xray?filter=service("profiles") {{ fault }}',
        "xray-refused": f"{base}/xray?filter=responsetim > 5",
        "segments": f"{base}/xray/trace/{fault}",
        "cloudwatch": f"{base}/cloudwatch",
        "group": f"{base}/cloudwatch/group?name={GROUP}",
        "pattern": f'{base}/cloudwatch/group?name={GROUP}&pattern={{ $.level = "ERROR" }}',
        "pattern-refused": f"{base}/cloudwatch/group?name={GROUP}&pattern={{ $.level = ",
        "insights": f"{base}/cloudwatch/insights",
        "insights-table": f"{base}/cloudwatch/insights?query={requests.utils.quote(QUERY)}",
        "insights-chart": f"{base}/cloudwatch/insights?query={requests.utils.quote(VOLUME)}",
        "rollbar": f"{base}/rollbar",
        "item": f"{base}/rollbar/item/1",
        "request": f"{base}/request?id={trace}",
    }


def take_all(browser: Browser, addresses: dict[str, str], folder: Path) -> None:
    """Take every page, whole, in both themes and at both widths, and as an empty sandbox's."""
    folder.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        for width in WIDTHS:
            for name, address in addresses.items():
                png = take(browser, address, WIDTHS[width], theme)
                (folder / f"{name}-{theme}-{width}.png").write_bytes(png)
    with tempfile.TemporaryDirectory() as empty, running_sandbox(Path(empty) / "data") as sandbox:
        for name in ("", "honeycomb", "xray", "cloudwatch", "cloudwatch/insights", "rollbar"):
            png = take(browser, f"{sandbox.url}/{name}", WIDTHS["wide"], "light")
            title = name.replace("/", "-") or "overview"
            (folder / f"empty-{title}.png").write_bytes(png)


def take(browser: Browser, address: str, width: int, theme: str, height: int = 0) -> bytes:
    """Return a page as PNG; whole where no height is given."""
    page = browser.new_page(viewport={"width": width, "height": height or 900}, color_scheme=theme)
    page.goto(address)
    # Its script has run once it says how much there is, where the page says so at all.
    if page.locator('[data-summary]:not([data-summary=""])').count():
        page.locator("#status:not(:empty)").wait_for()
    png = page.screenshot(full_page=not height)
    page.close()
    return png


def save(png: bytes, file: Path) -> None:
    """Write a picture with a palette of its own, which makes it a third as large."""
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    try:
        main()
    except WorkshopError as error:
        sys.exit(str(error))
