"""Says what a scan has found; never the key itself."""

from workshop.errors import command
from workshop.secret_scan.scan import Scanned

# A longer list helps nobody: each of them is the same work.
MOST = 20


def render(found: Scanned) -> str:
    """Return it as a person reads it.

    Args:
        found: what the scan has found.
    """
    if not found.hits:
        return "No key is in a file that git would take, and none in what was ever committed."
    lines = [f"  ✗ {hit.where}: {hit.kind}" for hit in found.hits[:MOST]]
    if len(found.hits) > MOST:
        lines.append(f"  … and {len(found.hits) - MOST} more")
    files = any(not hit.in_history for hit in found.hits)
    history = any(hit.in_history for hit in found.hits)
    advice = ["If it was ever pushed, it is known: delete it at the vendor, and make a new one."]
    if files:
        advice.append("Take it out of the file; `.env` is the place for it, which git ignores.")
    if history:
        advice.append(
            "A later commit does not take it out of the history. Not pushed yet: `git rebase -i`"
            " drops or mends the commit. Pushed: see the first line."
        )
    advice.append(
        f"`{command('secrets')}` again. Made up, and no key? `# pragma: allowlist secret` at the"
        " end of its line says so."
    )
    numbered = [f"{number}. {each}" for number, each in enumerate(advice, 1)]
    return "\n".join(["What looks like a key:", *lines, "", *numbered])
