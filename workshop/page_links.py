"""Links from a notebook to the page that shows the same: the sandbox's, or the vendor's own.

Where JupyterLab's port is the only one that can be reached, its proxy serves the sandbox's pages
below an address of its own; whoever has set that proxy up says where, in `WORKSHOP_PAGES`.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from workshop import real
from workshop.errors import WorkshopError
from workshop.views.link import Link

PROXIED = "WORKSHOP_PAGES"
"""The variable with the address of the sandbox's pages behind JupyterLab's proxy."""

# The title of each page, its path at the sandbox, and its place in CloudWatch's console.
# Deep links into the latter are what its own address bar shows.
_PAGES = {
    "overview": ("", "", ""),
    "honeycomb": ("Honeycomb", "honeycomb", ""),
    "xray": ("X-Ray", "xray", "xray:service-map/map"),
    "cloudwatch": ("CloudWatch", "cloudwatch", "logsV2:log-groups"),
    "insights": ("Logs Insights", "cloudwatch/insights", "logsV2:logs-insights"),
    "rollbar": ("Rollbar", "rollbar", ""),
    "request": ("", "request", ""),
}
_WORDS = {
    "overview": "See on the sandbox's first page what has arrived",
    "request": "See this request in all four tools, on the sandbox's page",
}
# What leads to one thing among those that a page lists, by the words that `link` takes.
_ONE = {
    ("honeycomb", "trace"): "honeycomb/trace/{}",
    ("xray", "trace"): "xray/trace/{}",
    ("rollbar", "item"): "rollbar/item/{}",
}
# What a page's address calls what `link` calls otherwise.
_QUERY = {("cloudwatch", "group"): "name", ("insights", "group"): "group"}


def link(
    variables: Mapping[str, str], sandbox_url: str, page: str, asked: Mapping[str, object]
) -> Link:
    """Return a link to a page: the sandbox's, or where its vendor is real, the vendor's own.

    Args:
        variables: the learner's, as `real.read_variables` gives them.
        sandbox_url: where the sandbox listens, without a slash at the end.
        page: `overview`, `honeycomb`, `xray`, `cloudwatch`, `insights`, `rollbar` or `request`.
        asked: what of it: `trace`, `filter`, `group`, `pattern`, `query`, `item`, `id`, `path`.

    Raises:
        WorkshopError: there is no such page.
    """
    if page not in _PAGES:
        raise WorkshopError(f"There is no page {page}.", f"There are: {', '.join(_PAGES)}")
    own = _find_vendors_own(variables, page, asked)
    if own:
        return own
    title, path, _ = _PAGES[page]
    query: dict[str, object] = {}
    for name, value in asked.items():
        if (page, name) in _ONE:
            path = _ONE[page, name].format(quote(str(value), safe=""))
        else:
            query[_QUERY.get((page, name), name)] = value
    if page == "cloudwatch" and query:
        path = "cloudwatch/group"
    base = variables.get(PROXIED, "") or f"{sandbox_url}/"
    words = _WORDS.get(page) or f"See it on the sandbox's {title} page"
    return Link(words, base + path + (f"?{urlencode(query, quote_via=quote)}" if query else ""))


def _find_vendors_own(
    variables: Mapping[str, str], page: str, asked: Mapping[str, object]
) -> Link | None:
    """Return the link to a real vendor's own page, or None where the sandbox stands in for it."""
    if page == "honeycomb" and real.honeycomb_is_real(variables):
        is_eu = "eu1" in variables.get("HONEYCOMB_API_ENDPOINT", "")
        return Link("See it at Honeycomb", f"https://ui{'.eu1' if is_eu else ''}.honeycomb.io")
    if page == "rollbar" and real.rollbar_is_real(variables):
        return Link("See it at Rollbar", "https://app.rollbar.com")
    title, _, place = _PAGES[page]
    if not place or not real.aws_is_real(variables):
        return None
    if page == "xray" and "trace" in asked:
        place = f"xray:traces/{asked['trace']}"
    region = real.aws_variables(variables, "")["AWS_REGION"]
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    return Link(f"See it in AWS's console: {title}", f"{console}#{place}")
