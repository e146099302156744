"""The patterns of `like`, `=~` and `parse`: regular expressions, and globs with `*`.

A regular expression is taken as far as Python's reading of it and CloudWatch's agree; what only
one of them has (look-around, references back, Unicode classes) is refused.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Parse.html
"""

import re
from dataclasses import dataclass

from workshop.sandbox.cloudwatch.bounded_regex import Regex, RegexError, Size
from workshop.sandbox.cloudwatch.insights.errors import MalformedQueryError, not_emulated

_TOKEN = re.compile(
    r"""(?P<escape>\\.)
    | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<named>\(\?<(?P<name>[A-Za-z]\w*)>)
    | (?P<flags>\(\?(?P<letters>[ims]+)\))
    | (?P<scoped>\(\?[ims]*:)
    | (?P<special>\(\?[^)]{0,2})
    | (?P<open>\()
    | (?P<close>\))
    | (?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})[+?]?)
    | (?P<alternative>\|)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# Classes, anchors at words, characters by name or number, and signs that stand for themselves.
_ESCAPES = re.compile(r"\\(?:[dDwWsSbBtnrfvx]|[^A-Za-z0-9])", re.DOTALL)


@dataclass
class _Group:
    """A group of a regular expression that is still open.

    Args:
        ends: what has to close before it, for flags that hold until its end.
        is_empty: whether nothing stands in it yet.
        has_alternatives: whether a '|' stands in it.
    """

    ends: str = ""
    is_empty: bool = True
    has_alternatives: bool = False


def compile_regex(pattern: str) -> Regex:
    """Return a regular expression of a query, compiled.

    Args:
        pattern: what stands between the slashes.

    Raises:
        MalformedQueryError: it is no regular expression, or uses what is not emulated.
    """
    try:
        return Regex(_translate(pattern.replace(r"\/", "/")), pattern)
    except RegexError as error:
        raise MalformedQueryError(f"/{pattern}/ is not a regular expression: {error}.") from None


def _translate(source: str) -> str:
    """Return a regular expression as Python writes it.

    Raises:
        MalformedQueryError: it uses what is not emulated.
        RegexError: it is too large.
    """
    parts: list[str] = []
    groups = [_Group()]
    size = Size()
    for token in _TOKEN.finditer(source):
        text, inside = token[0], groups[-1]
        match token.lastgroup:
            case "escape":
                _check_escape(text)
            case "set":
                _check_set(text)
            case "special":
                raise not_emulated(f"'{text}' in a regular expression")
            case "repeat" if len(text) > 1 and text[-1] == "+":
                raise not_emulated(f"The possessive '{text}' in a regular expression")
            case "repeat":
                size.repeat(text)
            case "named":
                text = f"(?P<{token['name']}>"
                groups.append(_Group())
            case "open" | "scoped":
                groups.append(_Group())
            case "close" if len(groups) > 1:
                text = groups.pop().ends + text
                size.close()
            case "flags":
                # Python has flags for a whole expression or a group, not for the rest of one.
                is_first = inside.is_empty
                if inside.has_alternatives or ("|" in source[token.end() :] and not is_first):
                    raise not_emulated(f"'{text}' beside '|' in a regular expression")
                text = f"(?{token['letters']}:"
                inside.ends += ")"
            case "alternative":
                inside.has_alternatives = True
            case "other" if text == "{":
                # Here it is a sign; the module that searches would read more into it.
                text = r"\{"
            case _:
                pass
        if token.lastgroup in ("named", "open", "scoped"):
            size.open()
        elif token.lastgroup in ("escape", "set", "other"):
            size.add()
        inside.is_empty = False
        parts.append(text)
    return "".join(parts) + groups[0].ends


def compile_glob(glob: str, names: int) -> Regex:
    """Return the regular expression of a glob, whose `*` are its groups.

    What comes before the glob's first sign and after its last one in a text does not matter; a
    `*` takes as little as it can, the last one all that is left if nothing follows it.

    Args:
        glob: such as `user=*, latency := *`.
        names: how many fields are to be filled.

    Raises:
        MalformedQueryError: it has not one `*` for each name.
    """
    pieces = glob.split("*")
    if len(pieces) - 1 != names:
        raise MalformedQueryError(
            f"parse has {len(pieces) - 1} wildcards in its pattern and {names} names after 'as';"
            " it needs as many of one as of the other."
        )
    if "" in pieces[1:-1]:
        raise not_emulated("A pattern with '*' beside '*' in parse")
    groups = ["(.*?)"] * names
    if pieces[-1] == "":
        groups[-1] = "(.*)"
    text = re.escape(pieces[0]) + "".join(
        group + re.escape(piece) for group, piece in zip(groups, pieces[1:], strict=True)
    )
    return Regex(text, glob, all_signs=True)


def _check_escape(escape: str) -> None:
    if _ESCAPES.fullmatch(escape) is None:
        raise not_emulated(f"'{escape}' in a regular expression")


def _check_set(text: str) -> None:
    for escape in re.findall(r"\\.", text, re.DOTALL):
        _check_escape(escape)
    if re.search(r"\[[:.=]|&&|--|\|\||~~", text[1:]):
        raise not_emulated(f"The character class {text}")
