"""Parses a query by its grammar, and says where one breaks."""

import functools
import re
from importlib import resources
from typing import Any, cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedEOF, UnexpectedInput, UnexpectedToken

from workshop.sandbox.cloudwatch.insights.errors import (
    MalformedQueryError,
    not_documented,
    not_emulated,
)

Node = Tree[Token]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
NOT_EMULATED = frozenset(
    (
        *("accum", "addtotals", "anomaly", "appendcols", "autoregress", "cidrlookup"),
        *("countfrequent", "diff", "estimate", "expand", "filldown", "fillmissing"),
        *("filterindex", "head", "join", "json", "logcompare", "lookup", "outlier", "pattern"),
        *("relevantfields", "sessionize", "source", "subqueries", "tail", "unmask", "unnest"),
    )
)
"""Commands that AWS documents beside those of the grammar, in lower case."""
_COMMANDS = "fields, display, filter, where, parse, stats, sort, limit and dedup"
_LITERAL = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|/(?:\\.|[^/\\])+/|#[^\n]*")
_HINTS = {
    "=": " One '=' compares.",
    "&": " Write 'and'.",
    "-": " A name with other signs than letters, digits, '.', '_' and '@' stands in `backticks`.",
    "'": " A quotation mark is missing, or one too many.",
    '"': " A quotation mark is missing, or one too many.",
}


def parse_query(query: str) -> Node:
    """Return the tree of a query: `start` with one child a command.

    Raises:
        MalformedQueryError: it is no query, or has a command that is not emulated.
    """
    if not _LITERAL.sub("", query).strip():
        raise MalformedQueryError("The query is empty.")
    try:
        return _parser().parse(query)
    except UnexpectedInput as error:
        raise _explain(error, query) from None


def as_node(child: Any) -> Node:
    """Return a child of a node that is known to be a node as well."""
    return cast("Node", child)


def read_name(node: Node) -> str:
    """Return the name of a field, without backticks."""
    return str(node.children[0]).strip("`")


def read_string(token: str) -> str:
    r"""Return the text between a literal's quotation marks; \" and \\ stand for one sign.

    Raises:
        MalformedQueryError: it has another backslash.
    """
    text = token[1:-1]
    if re.search(r"\\[^\"']", text.replace(r"\\", "")):
        raise not_documented(
            "A backslash in a text stands before a quotation mark or another backslash; for"
            " patterns, write a regular expression between slashes."
        )
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


@functools.cache
def _parser() -> Lark:
    grammar = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True)


def _explain(error: UnexpectedInput, query: str) -> MalformedQueryError:
    place = error.pos_in_stream or 0
    at_end = isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    )
    if at_end:
        return MalformedQueryError(
            "Something is missing at the end of the query.", len(query), len(query)
        )
    word = re.match(r"[A-Za-z]\w*|.", query[place:], re.DOTALL)
    near = word[0] if word else ""
    end = place + len(near)
    before = re.sub(r"#[^\n]*", "", query[:place]).rstrip()
    if before.endswith("|") or not before:
        if near.lower() in NOT_EMULATED:
            return not_emulated(f"The command '{near}'", place, end)
        return MalformedQueryError(f"'{near}' is not a command; there are {_COMMANDS}.", place, end)
    if near.lower() in ("multi", "logfmt", "csv", "any", "offset"):
        return not_emulated(f"'{near}'", place, end)
    line = query.count("\n", 0, place) + 1
    column = place - query.rfind("\n", 0, place)
    return MalformedQueryError(
        f"'{near}' is not expected at line {line}, character {column}.{_HINTS.get(near, '')}",
        place,
        end,
    )
