"""Compiles the expressions of a query to functions of a row.

Names of functions and keywords may be written in any case, as in AWS's own examples.
"""

import re
from collections.abc import Callable, Collection
from typing import Any, Protocol

from lark import Token

from workshop.sandbox.cloudwatch.insights import functions, periods, values
from workshop.sandbox.cloudwatch.insights.aggregates import AGGREGATES
from workshop.sandbox.cloudwatch.insights.errors import (
    MalformedQueryError,
    not_documented,
    not_emulated,
)
from workshop.sandbox.cloudwatch.insights.operators import (
    ARITHMETIC,
    COMPARISONS,
    Operator,
    are_equal,
)
from workshop.sandbox.cloudwatch.insights.parser import Node, as_node, read_name, read_string
from workshop.sandbox.cloudwatch.insights.patterns import compile_regex
from workshop.sandbox.cloudwatch.insights.values import Value

DEPTH_LIMIT = 100
_CONDITIONS = ("or", "and", "not", "compare", "like", "not_like", "in", "not_in")
_OF_STATS = {*AGGREGATES, "pct", "earliest", "latest"}


class Fields(Protocol):
    """What an expression is computed from."""

    def get(self, name: str) -> Value:
        """Return the value of a field, None if there is none."""
        ...


Compiled = Callable[[Any], Value]


class Compiler:
    """Compiles expressions over rows.

    Args:
        query: the whole query, for what a message says of a part of it.
        now_s: when it started, in seconds since 1970.
        columns: the only fields that there are, or None for those that events bring.
    """

    def __init__(self, query: str, now_s: int, columns: Collection[str] | None = None) -> None:
        self.query = query
        self.now_s = now_s
        self.columns = columns
        self._depth = 0

    def source(self, node: Node) -> str:
        """Return a part of the query as it is written."""
        return self.query[node.meta.start_pos : node.meta.end_pos]

    def refuse(self, message: str, node: Node) -> MalformedQueryError:
        """Return the refusal of the query for one of its parts."""
        return MalformedQueryError(message, node.meta.start_pos, node.meta.end_pos)

    def compile_condition(self, node: Node) -> Compiled:
        """Return the function of what has to be true or false.

        Raises:
            MalformedQueryError: it is something else.
        """
        is_condition = node.data in _CONDITIONS or (
            node.data == "call"
            and (known := functions.FUNCTIONS.get(str(node.children[0]).lower())) is not None
            and known.is_condition
        )
        if not is_condition:
            raise self.refuse(
                f"'{self.source(node)}' is not a condition; compare it with something.", node
            )
        return self.compile(node)

    def compile(self, node: Node) -> Compiled:
        """Return the function of an expression.

        Raises:
            MalformedQueryError: it cannot be computed.
        """
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise self.refuse("The query is nested too deeply.", node)
        compiled = self._compile(node)
        self._depth -= 1
        return compiled

    def _compile(self, node: Node) -> Compiled:
        children: list[Any] = node.children
        match node.data:
            case "number":
                return _constant(values.read_number(children[0]))
            case "negative":
                return _constant(values.read_number(f"{children[0]}{children[1]}"))
            case "string":
                return _constant(read_string(children[0]))
            case "field":
                return self.compile_field(node)
            case "call":
                return self.compile_call(node)
            case "or" | "and":
                parts = [self.compile_condition(child) for child in children]
                join = any if node.data == "or" else all
                return lambda row: join(part(row) for part in parts)
            case "not":
                inner = self.compile_condition(children[0])
                return lambda row: not inner(row)
            case "compare":
                return self._compile_sides(COMPARISONS[children[1]], children[0], children[2])
            case "like" | "not_like":
                return self._compile_like(children[0], children[1], node.data == "like")
            case "in" | "not_in":
                return self._compile_in(children[0], children[1], node.data == "in")
            case "add" | "multiply":
                return self._compile_sides(ARITHMETIC[children[1]], children[0], children[2])
            case "power":
                return self._compile_sides(ARITHMETIC["^"], *children)
            case _:
                raise self.refuse(f"'{self.source(node)}' is not a value.", node)

    def compile_field(self, node: Node) -> Compiled:
        """Return the function of a field's value."""
        name = read_name(node)
        if self.columns is not None and name not in self.columns:
            raise self.refuse(
                f"'{name}' is not known after stats, which left {', '.join(self.columns)}.", node
            )
        if self.source(node).lower() in ("true", "false", "null"):
            raise not_documented(f"'{name}' stands for a field here; write `{name}` if it is one.")
        return lambda row: row.get(name)

    def compile_call(self, node: Node) -> Compiled:
        """Return the function of a function's result."""
        name, *arguments = node.children
        lower = str(name).lower()
        column = self._find_column(node)
        if column is not None:
            return lambda row: row.get(column)
        if lower in ("bin", "datefloor", "dateceil"):
            return self._compile_rounding(lower, node)
        if lower == "now":
            self._check_count(node, 0, 0)
            return _constant(self.now_s)
        known = functions.FUNCTIONS.get(lower)
        if known is None:
            raise self._unknown(node)
        self._check_count(node, known.least, known.most)
        if lower == "ispresent" and as_node(arguments[0]).data != "field":
            raise self.refuse("ispresent() takes the name of a field.", node)
        parts = [
            self._compile_argument(lower, place, as_node(each), len(arguments))
            for place, each in enumerate(arguments)
        ]
        return lambda row: known.call(*(part(row) for part in parts))

    def _compile_argument(self, name: str, place: int, node: Node, count: int) -> Compiled:
        is_flag = self.source(node).lower() in ("true", "false")
        if name == "strcontains" and place == 2 and is_flag:
            return _constant(self.source(node).lower())
        if name == "if" and place == 0:
            return self.compile_condition(node)
        if name == "case" and place % 2 == 0 and place < count - 1:
            return self.compile_condition(node)
        return self.compile(node)

    def _compile_rounding(self, name: str, node: Node) -> Compiled:
        arguments = [as_node(each) for each in node.children[1:]]
        self._check_count(node, *((1, 1) if name == "bin" else (2, 2)))
        if arguments[-1].data != "period":
            raise self.refuse(f"{name}() needs a period, such as 5m.", node)
        period_ms = periods.read_period(str(arguments[-1].children[0]))
        if name == "bin":
            if self.columns is not None and "@timestamp" not in self.columns:
                raise self.refuse("bin() needs @timestamp, which stats did not leave.", node)
            moment: Compiled = lambda row: row.get("@timestamp")  # noqa: E731
        else:
            moment = self.compile(arguments[0])
        round_time = periods.ceil_time if name == "dateceil" else periods.floor_time
        return lambda row: round_time(moment(row), period_ms)

    def _compile_like(self, subject: Node, pattern: Token, wanted: bool) -> Compiled:
        value = self.compile(subject)
        if pattern.type == "REGEX":
            regex = compile_regex(pattern[1:-1])
            matches: Callable[[str], bool] = lambda text: regex.search(text) is not None  # noqa: E731
        else:
            part = read_string(pattern)
            matches = lambda text: part in text  # noqa: E731

        def find(row: Fields) -> Value:
            text = values.as_text(value(row))
            return (text is not None and matches(text)) == wanted

        return find

    def _compile_in(self, subject: Node, listed: Node, wanted: bool) -> Compiled:
        value = self.compile(subject)
        members = [self.compile(as_node(each))(None) for each in listed.children]

        def find(row: Fields) -> Value:
            found = value(row)
            return any(are_equal(found, member) for member in members) == wanted

        return find

    def _compile_sides(self, operator: Operator, left: Node, right: Node) -> Compiled:
        first, second = self.compile(left), self.compile(right)
        return lambda row: operator(first(row), second(row))

    def _find_column(self, node: Node, among: Collection[str] | None = None) -> str | None:
        """Return the column that is named as a call is written, such as `count(*)`."""
        wanted = _canonical(self.source(node))
        columns = among or self.columns or ()
        return next((each for each in columns if _canonical(each) == wanted), None)

    def _check_count(self, node: Node, least: int, most: int) -> None:
        count = len(node.children) - 1
        if not least <= count <= most:
            raise self.refuse(f"{node.children[0]}() cannot take {count} arguments.", node)

    def _unknown(self, node: Node) -> MalformedQueryError:
        name = str(node.children[0])
        if name.lower() in functions.NOT_EMULATED:
            return not_emulated(f"{name}()", node.meta.start_pos, node.meta.end_pos)
        if name.lower() in _OF_STATS:
            return self.refuse(f"{name}() belongs into stats.", node)
        return self.refuse(f"There is no function {name}().", node)


def _constant(value: Value) -> Compiled:
    return lambda _: value


def _canonical(text: str) -> str:
    return re.sub(r"\s", "", text).lower()
