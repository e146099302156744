r"""Compiles the regular expressions of filter patterns, and refuses what CloudWatch Logs has not.

They know letters, digits, spaces and the signs `: _ # = @ / ; , -`; the operators `^ $ ? [ ] { }
| \ * + .`; and `\d \D \s \S \w \W \xhh`. There are no groups, and no characters beyond ASCII.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Callable

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.bounded_regex import Regex, RegexError, Size
from workshop.sandbox.cloudwatch.patterns.refusal import invalid_character, invalid_pattern

OPERATORS = r"^$?[]{}|\*+."
_HINT = (
    r"A regular expression has letters, digits, spaces, : _ # = @ / ; , - and the operators"
    r" ^ $ ? [ ] { } | \ * + . only; write another sign as \xhh."
)
_PIECE = re.compile(
    r"""
    (?P<escape>\\(x[0-9A-Fa-f]{2}|.))
    | (?P<set>\[\^?(\\.|[^\]\\])+\])
    | (?P<repeat>\{\s*\d+\s*(,\s*\d*\s*)?\}|\{\s*,\s*\d+\s*\}|[?*+])
    | (?P<operator>[\^$.|])
    | (?P<plain>[A-Za-z0-9 :_\#=@/;,-])
    """,
    re.VERBOSE,
)
_MEMBER = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)|[^\\]")
_CLASSES = ("d", "D", "s", "S", "w", "W")


def compile_regex(source: str) -> Callable[[str], bool]:
    """Return the test whether a text has a match of a regular expression.

    Args:
        source: the expression, without the `%` around it.

    Raises:
        ApiError: CloudWatch Logs would not take it.
    """
    if not source:
        raise invalid_pattern("a regular expression between % and % is empty")
    parts: list[str] = []
    size = Size()
    can_repeat = False
    place = 0
    while place < len(source):
        match = _PIECE.match(source, place)
        if match is None:
            raise invalid_character(source[place], _HINT)
        kind, text = str(match.lastgroup), match[0]
        if kind == "repeat" and not can_repeat:
            raise invalid_character(text, "There is nothing before it that it could repeat.")
        try:
            size.repeat(text) if kind == "repeat" else size.add()
        except RegexError as error:
            raise _not_valid(source, error) from None
        parts.append(_translate(kind, text))
        can_repeat = kind in ("escape", "set", "plain") or text == "."
        place = match.end()
    if "" in _split_branches(source):
        raise invalid_character("|", "It stands between two alternatives; one of them is empty.")
    try:
        # ^ and $ are the ends of the whole text.
        compiled = Regex("".join(parts), source)
    except RegexError as error:
        raise _not_valid(source, error) from None
    return lambda text: compiled.search(text) is not None


def _not_valid(source: str, error: RegexError) -> ApiError:
    return invalid_pattern(f"the regular expression '{source}' is not valid: {error}")


def _translate(kind: str, text: str) -> str:
    """Return a piece as Python writes it."""
    match kind:
        case "escape":
            return _translate_escape(text)
        case "set":
            return _translate_set(text)
        case "repeat":
            return re.sub(r"\s", "", text)
        case "operator":
            return r"\Z" if text == "$" else text
        case _:
            return re.escape(text)


def _translate_escape(text: str) -> str:
    name = text[1:]
    if name[0] == "x" and len(name) == 3:
        return re.escape(chr(int(name[1:], 16)))
    if name in _CLASSES:
        return text
    if name in ("t", "n"):
        return text
    if name in OPERATORS or name == "-":
        return re.escape(name)
    raise invalid_character(text, r"A backslash stands before an operator, or in \d \s \w \xhh.")


def _translate_set(text: str) -> str:
    """Return a set of characters, such as `[^a-z]`."""
    is_negated = text[1] == "^" and len(text) > 3
    members = [match[0] for match in _MEMBER.finditer(text[2 if is_negated else 1 : -1])]
    translated = []
    for number, member in enumerate(members):
        is_between = 0 < number < len(members) - 1
        if member == "-" and is_between:
            translated.append("-")
        elif member.startswith("\\"):
            translated.append(_translate_escape(member))
        elif member in OPERATORS or _PIECE.fullmatch(member):
            translated.append(re.escape(member))
        else:
            raise invalid_character(member, _HINT)
    return f"[{'^' if is_negated else ''}{''.join(translated)}]"


def _split_branches(source: str) -> list[str]:
    """Return the alternatives of an expression."""
    without = re.sub(r"\\.|\[(\\.|[^\]\\])*\]", "x", source)
    return without.split("|")
