"""Compiles a filter expression to a condition in SQL on the table of traces.

Names of tables and columns come from `keywords`; whatever the expression brings is a parameter.
A comparison with something that is not set is false, and so is its opposite: `http.status != 200`
asks for a status. `!(http.status = 200)` does not.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from workshop.sandbox.aws.errors import ApiError, invalid_request
from workshop.sandbox.xray.filters import keywords
from workshop.sandbox.xray.filters.keywords import EDGE, KINDS, SERVICE, TRACE, Kind, Scope

# A limit of the API's reference; it also keeps the condition within what SQLite takes.
LENGTH_LIMIT = 2000
DEPTH_LIMIT = 50

GroupFilters = Callable[[str, str], str | None]
_Node = Tree[Token]


@dataclass(frozen=True)
class Condition:
    """A part of a WHERE clause, on a table `xray_traces AS trace`.

    Args:
        sql: the condition; it is 0 or 1, never null.
        params: the values of its question marks, in their order.
    """

    sql: str
    params: tuple[Any, ...] = ()


EVERY = Condition("1")


def check_filter(expression: str) -> None:
    """Check that an expression could be a group's.

    Raises:
        ApiError: it is not a filter expression, or it names a group itself.
    """
    compile_filter(expression)


def compile_filter(expression: str, group_filters: GroupFilters | None = None) -> Condition:
    """Return the condition that an expression states.

    Args:
        expression: as a learner writes it, such as `service("profiles") { fault }`.
        group_filters: returns the expression of a group by `group.name` or `group.arn` and what
            that is compared with, None where the group takes every trace; without it, groups
            cannot be named.

    Raises:
        ApiError: it is not a filter expression; the message says where and why.
    """
    if not expression.strip():
        raise invalid_request("Invalid filter expression: it is empty.")
    if len(expression) > LENGTH_LIMIT:
        raise invalid_request(
            f"Invalid filter expression: it is longer than {LENGTH_LIMIT} characters."
        )
    try:
        tree = _parser().parse(expression)
    except UnexpectedInput as error:
        raise _explain(error, expression) from None
    return _Compiler(group_filters).compile(tree.children[0], TRACE, 0)


class _Compiler:
    """Compiles the parts of one expression."""

    def __init__(self, group_filters: GroupFilters | None) -> None:
        self._group_filters = group_filters

    def compile(self, node: Any, scope: Scope, depth: int) -> Condition:
        if depth > DEPTH_LIMIT:
            raise invalid_request("Invalid filter expression: it is nested too deeply.")
        parts = node.children
        match node.data:
            case "or" | "and":
                joined = f" {node.data.upper()} "
                inside = [self.compile(part, scope, depth + 1) for part in parts]
                return Condition(
                    f"({joined.join(each.sql for each in inside)})",
                    tuple(value for each in inside for value in each.params),
                )
            case "negation":
                inner = self.compile(parts[0], scope, depth + 1)
                return Condition(f"(NOT {inner.sql})", inner.params)
            case "service" | "edge":
                return self._compile_nodes(node, scope, depth)
            case "root_cause":
                return self._compile_root_cause(node, scope, depth)
            case "is_set":
                return self._compile_is_set(parts[0].children[0], scope)
            case _:
                subject, operator, value = parts
                return self._compile_comparison(
                    subject.children[0], operator.lower(), value.children[0], scope
                )

    def _compile_nodes(self, node: _Node, scope: Scope, depth: int) -> Condition:
        """Compile `service(…){…}` or `edge(…, …){…}`."""
        name = str(node.data)
        _check_top(f"{name}()", scope)
        table, inner = ("segment", SERVICE) if name == "service" else ("edge", EDGE)
        columns = [""] if name == "service" else ["source_", "target_"]
        ends = [part for part in node.children if _data(part) != "block"]
        conditions = [
            _compile_end(end, f"{table}.{column}")
            for end, column in zip(ends, columns, strict=False)
        ]
        conditions += [
            self.compile(_only(block), inner, depth + 1)
            for block in node.children
            if _data(block) == "block"
        ]
        return _exists(f"xray_{table}s", table, conditions)

    def _compile_root_cause(self, node: _Node, scope: Scope, depth: int) -> Condition:
        """Compile `rootcause.KIND.ELEMENT{…}`."""
        name, *blocks = node.children
        _check_top("rootcause", scope)
        _, kind, element = str(name).lower().split(".")
        inner = keywords.ROOT_CAUSES.get(element)
        is_known = kind in ("fault", "error", "responsetime") and inner is not None
        if inner is None or not is_known or (kind, element) == ("responsetime", "exception"):
            raise keywords.misplaced(str(name).lower(), scope)
        conditions = [Condition("cause.kind = ? AND cause.element = ?", (kind, element))]
        conditions += [self.compile(_only(block), inner, depth + 1) for block in blocks]
        return _exists("xray_root_causes", "cause", conditions)

    def _compile_is_set(self, subject: Token, scope: Scope) -> Condition:
        if subject.type == "ANNOTATION":
            _check_top("annotation", scope)
            true = Condition("(annotation.boolean_value IS NULL OR annotation.boolean_value)")
            return _exists_annotation(subject, true)
        keyword = subject.lower()
        column, is_anywhere = _find_column(keyword, scope)
        if KINDS[keyword] == "boolean":
            return Condition(f"coalesce({column}, 0)")
        return _wrap(Condition(f"{column} IS NOT NULL"), is_anywhere)

    def _compile_comparison(
        self, subject: Token, operator: str, value: Token, scope: Scope
    ) -> Condition:
        if subject.type == "ANNOTATION":
            _check_top("annotation", scope)
            kind, read = _read_value(value)
            column = f"annotation.{kind}_value"
            return _exists_annotation(subject, _compare(subject, column, kind, operator, read))
        keyword = subject.lower()
        if keyword in keywords.GROUP_KEYWORDS:
            return self._compile_group(keyword, operator, value, scope)
        column, is_anywhere = _find_column(keyword, scope)
        expected = KINDS[keyword]
        kind, read = _read_value(value)
        if expected == "boolean" and kind == "string" and read.lower() in ("true", "false"):
            kind, read = "boolean", read.lower() == "true"
        if kind != expected:
            raise invalid_request(
                f"Invalid filter expression: '{keyword}' is a {expected} and cannot be compared"
                f" with {value}."
            )
        if expected == "boolean":
            column = f"coalesce({column}, 0)"
        return _wrap(_compare(subject, column, kind, operator, read), is_anywhere)

    def _compile_group(self, keyword: str, operator: str, value: Token, scope: Scope) -> Condition:
        _check_top(keyword, scope)
        kind, read = _read_value(value)
        if kind != "string" or operator not in ("=", "!="):
            raise invalid_request(
                f"Invalid filter expression: '{keyword}' is compared by = or != with a name in"
                " quotation marks."
            )
        if self._group_filters is None:
            raise invalid_request(
                f"Invalid filter expression: '{keyword}' cannot be used in a group's own filter."
            )
        expression = self._group_filters(keyword, read)
        inside = EVERY if expression is None else compile_filter(expression)
        return inside if operator == "=" else Condition(f"(NOT {inside.sql})", inside.params)


def _compile_end(end: Any, prefix: str) -> Condition:
    """Compile which node a `service` or an end of an `edge` is: a name, or `id(…)`."""
    if end.data == "node_name":
        return Condition(f"{prefix}name = ?", (_read_text(end.children[0]),))
    columns = {"name": "name", "type": "type", "account.id": "account_id"}
    conditions, values = [], []
    for part in end.children:
        member, text = part.children
        column = columns.get(str(member).lower())
        if column is None:
            raise invalid_request(
                f"Invalid filter expression: id() knows {', '.join(columns)}, not '{member}'."
            )
        conditions.append(f"{prefix}{column} IS ?")
        values.append(_read_text(text))
    return Condition(" AND ".join(conditions), tuple(values))


def _exists(table: str, alias: str, conditions: list[Condition]) -> Condition:
    """Return the condition that a trace has a row of a table that meets all of some conditions."""
    all_of = "".join(f" AND {each.sql}" for each in conditions)
    return Condition(
        f"EXISTS (SELECT 1 FROM {table} AS {alias}"  # noqa: S608
        f" WHERE {alias}.trace_id = trace.trace_id{all_of})",
        tuple(value for each in conditions for value in each.params),
    )


def _exists_annotation(subject: Token, condition: Condition) -> Condition:
    """Return the condition that a trace has an annotation of this key that meets another one."""
    if subject[len("annotation")] == "[":
        key = subject[len("annotation[") : -1].strip()
    else:
        key = subject[len("annotation.") :]
        if "." in key:
            raise invalid_request(
                f"Invalid filter expression: write a key with a dot as annotation[{key}]."
            )
    if not key or not all(each.isascii() and (each.isalnum() or each in "_.") for each in key):
        raise invalid_request(
            "Invalid filter expression: an annotation's key has letters, digits, underscores and"
            f" dots only, not '{key}'."
        )
    return _exists(
        "xray_annotations", "annotation", [Condition("annotation.key = ?", (key,)), condition]
    )


def _find_column(keyword: str, scope: Scope) -> tuple[str, bool]:
    """Return a keyword's column, and whether it is one of any segment of the trace."""
    if keyword in scope.columns:
        return scope.columns[keyword], False
    if keyword in scope.anywhere:
        return f"segment.{scope.anywhere[keyword]}", True
    raise keywords.misplaced(keyword, scope)


def _wrap(condition: Condition, is_anywhere: bool) -> Condition:
    return _exists("xray_segments", "segment", [condition]) if is_anywhere else condition


def _compare(subject: str, column: str, kind: Kind, operator: str, value: Any) -> Condition:
    if operator not in keywords.OPERATORS[kind]:
        raise invalid_request(
            f"Invalid filter expression: '{subject}' is compared with a {kind} by"
            f" {', '.join(keywords.OPERATORS[kind]).upper()}, not by {operator.upper()}."
        )
    if operator in keywords.ORDER:
        return Condition(f"coalesce({column} {keywords.ORDER[operator]} ?, 0)", (value,))
    if operator == "contains":
        return Condition(f"coalesce(instr({column}, ?) > 0, 0)", (value,))
    start = "1" if operator == "beginswith" else f"length({column}) - {len(value)} + 1"
    # A text that is shorter than the value would be cut from its other end.
    return Condition(
        f"coalesce(length({column}) >= {len(value)}"
        f" AND substr({column}, {start}, {len(value)}) = ?, 0)",
        (value,),
    )


def _read_value(value: Token) -> tuple[Kind, Any]:
    match value.type:
        case "STRING":
            return "string", _read_text(value)
        case "NUMBER":
            return "number", float(value)
        case "BOOLEAN":
            return "boolean", value.lower() == "true"
        case "JSON":
            raise invalid_request("JSON is not emulated by the workshop's sandbox in filters.")
        case _:
            raise invalid_request(
                f'Invalid filter expression: put the value in quotation marks: "{value}".'
            )


def _read_text(token: Token) -> str:
    return re.sub(r'\\(["\\])', r"\1", token[1:-1])


def _check_top(what: str, scope: Scope) -> None:
    if scope is not TRACE:
        raise invalid_request(f"Invalid filter expression: {what} cannot be used in {scope.title}.")


def _data(node: Any) -> str:
    return str(node.data)


def _only(block: Any) -> Any:
    return block.children[0]


@functools.cache
def _parser() -> Lark:
    grammar = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr")


def _explain(error: UnexpectedInput, expression: str) -> ApiError:
    """Return the refusal of what is no filter expression, with the place where it breaks."""
    if isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    ):
        return invalid_request("Invalid filter expression: something is missing at its end.")
    place = (error.pos_in_stream or 0) + 1
    if isinstance(error, UnexpectedCharacters):
        near = expression[place - 1]
    else:
        near = str(getattr(error, "token", ""))
    hint = " Values stand in double quotation marks." if near in "'\"" else ""
    return invalid_request(
        f"Invalid filter expression: '{near}' is not expected at character {place}.{hint}"
    )
