"""Compiles a query to a plan: what is done to rows one after another, and what is shown of them.

Rules on the order of commands are those of AWS's page of each command:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lark import Token

from workshop.sandbox.cloudwatch.insights.errors import MalformedQueryError, not_documented
from workshop.sandbox.cloudwatch.insights.expressions import Compiled, Compiler
from workshop.sandbox.cloudwatch.insights.parser import (
    Node,
    as_node,
    parse_query,
    read_name,
    read_string,
)
from workshop.sandbox.cloudwatch.insights.patterns import compile_glob, compile_regex
from workshop.sandbox.cloudwatch.insights.rows import SYSTEM_FIELDS, Row
from workshop.sandbox.cloudwatch.insights.stats import GroupCompiler, compile_groups
from workshop.sandbox.cloudwatch.insights.values import Value, as_text, natural_key, show

Stage = Callable[[list[Row]], list[Row]]

MOST = 100_000
STATS_LIMIT = 2


@dataclass
class Plan:
    """What a query does.

    Args:
        finding: the stages that leave the events which match.
        shaping: the stages after them.
        columns: the fields that are shown, in their order.
        keys: those by which the last `stats` tells its rows apart.
        limit: how many rows there are at most; None where the query does not say.
        is_aggregated: whether its rows are no longer log events.
    """

    finding: list[Stage] = field(default_factory=list)
    shaping: list[Stage] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    limit: int | None = None
    is_aggregated: bool = False


def plan_query(query: str, now_s: int) -> Plan:
    """Return the plan of a query.

    Args:
        query: in the language of CloudWatch Logs Insights.
        now_s: when it starts, in seconds since 1970.

    Raises:
        MalformedQueryError: it is not valid, or not emulated.
    """
    planner = _Planner(query, now_s)
    for command in parse_query(query).children:
        planner.add(as_node(command))
    return planner.finish()


class _Planner:
    """Adds one command after another to a plan."""

    def __init__(self, query: str, now_s: int) -> None:
        self._query = query
        self._rows = Compiler(query, now_s)
        self._plan = Plan()
        self._fields: list[str] = []
        self._extracted: list[str] = []
        self._displayed: list[str] | None = None
        self._named = set(SYSTEM_FIELDS)
        self._done: list[str] = []

    def add(self, command: Node) -> None:
        name = str(command.data)
        self._check_place(name, command)
        getattr(self, f"_add_{name}")(command.children)
        self._done.append(name)

    def finish(self) -> Plan:
        plan = self._plan
        if self._displayed is not None:
            plan.columns = self._displayed
        elif not plan.is_aggregated:
            shown = self._fields or ["@timestamp", "@message"]
            plan.columns = list(dict.fromkeys([*shown, *self._extracted]))
        return plan

    def _check_place(self, name: str, command: Node) -> None:
        done = self._done
        after = next((each for each in ("dedup", "limit") if each in done), None)
        if after == "dedup" and (name != "limit" or done[-1] == "limit"):
            raise self._rows.refuse("After dedup, there can only be limit.", command)
        if after == "limit" and name != "display":
            raise not_documented(f"'{name}' after 'limit': put limit at the end.")
        if "stats" in done and name in ("fields", "parse", "dedup"):
            raise not_documented(f"'{name}' after 'stats': compute in stats, or use display.")
        if name == "stats" and done.count("stats") == STATS_LIMIT:
            raise self._rows.refuse(f"A query has at most {STATS_LIMIT} stats.", command)
        if name == "stats" and "stats" in done and "sort" in done:
            raise self._rows.refuse("sort has to come after the second stats.", command)

    def _stage(self, stage: Stage, shapes: bool = False) -> None:
        """Add a stage; once one shapes the result, so do all that follow."""
        if shapes or self._plan.shaping:
            self._plan.shaping.append(stage)
        else:
            self._plan.finding.append(stage)

    def _name(self, name: str) -> str:
        if name in self._named:
            raise MalformedQueryError(f"'{name}' is named already; give it another name.")
        self._named.add(name)
        return name

    def _read_item(self, item: Node) -> tuple[str, Node, bool]:
        """Return an item's name, its expression, and whether that has to be computed."""
        expression, *alias = (as_node(child) for child in item.children)
        if alias:
            return self._name(read_name(alias[0])), expression, True
        if expression.data == "field":
            return read_name(expression), expression, False
        return self._rows.source(expression), expression, True

    def _read_items(self, items: list[Any]) -> list[str]:
        """Add what computes some items to the plan, and return their names."""
        computed: list[tuple[str, Compiled]] = []
        names = []
        for item in items:
            name, expression, is_new = self._read_item(as_node(item))
            part = self._rows.compile(expression)
            names.append(name)
            # One item may use another that stands before it.
            computed += [(name, part)] if is_new else []

        def compute(rows: list[Row]) -> list[Row]:
            for row in rows:
                for name, part in computed:
                    row.values[name] = part(row)
            return rows

        self._stage(compute)
        return names

    def _add_fields(self, items: list[Any]) -> None:
        self._fields += [name for name in self._read_items(items) if name not in self._fields]

    def _add_display(self, items: list[Any]) -> None:
        self._displayed = list(dict.fromkeys(self._read_items(items)))

    def _add_filter(self, children: list[Any]) -> None:
        condition = self._rows.compile_condition(as_node(children[0]))
        self._stage(lambda rows: [row for row in rows if condition(row)])

    def _add_parse(self, children: list[Any]) -> None:
        pattern = next(place for place, child in enumerate(children) if isinstance(child, Token))
        source = self._rows.compile(as_node(children[0])) if pattern else None
        aliases = [read_name(as_node(child)) for child in children[pattern + 1 :]]
        token = children[pattern]
        if token.type == "REGEX":
            regex = compile_regex(token[1:-1])
            if not regex.names:
                raise MalformedQueryError(
                    "parse needs named groups in its regular expression, such as (?<user>\\w+).",
                    token.start_pos,
                    token.end_pos,
                )
            places = regex.names
        else:
            regex = compile_glob(read_string(token), len(aliases))
            places = {name: number for number, name in enumerate(aliases, 1)}
        for name in aliases or places:
            self._extracted.append(self._name(name))

        def extract(rows: list[Row]) -> list[Row]:
            for row in rows:
                text = as_text(row.get("@message") if source is None else source(row))
                match = regex.search(text) if text is not None else None
                for name, number in places.items():
                    row.values[name] = match[number] if match else None
            return rows

        self._stage(extract)

    def _add_stats(self, children: list[Any]) -> None:
        results, *keys = ([as_node(item) for item in part.children] for part in children)
        named_keys = []
        for item in keys[0] if keys else []:
            name, expression, _ = self._read_item(item)
            named_keys.append((name, self._rows.compile(expression)))
        groups = GroupCompiler(self._rows, [name for name, _ in named_keys])
        named_results = []
        for item in results:
            name, expression, _ = self._read_item(item)
            named_results.append((name, groups.compile(expression)))
            groups.known.append(name)
        names = [name for name, _ in (*named_keys, *named_results)]
        if len(set(names)) != len(names):
            raise MalformedQueryError("stats gives two results the same name.")
        self._stage(compile_groups(named_keys, named_results), shapes=True)
        self._plan.is_aggregated = True
        self._plan.columns = names
        self._plan.keys = [name for name, _ in named_keys]
        self._displayed = None
        self._rows = Compiler(self._query, self._rows.now_s, names)

    def _add_sort(self, keys: list[Any]) -> None:
        parts = []
        for key in keys:
            expression, *direction = as_node(key).children
            is_down = [str(each).lower() for each in direction] == ["desc"]
            parts.append((self._rows.compile(as_node(expression)), is_down))

        def order(rows: list[Row]) -> list[Row]:
            for part, is_down in reversed(parts):
                rows = sorted(rows, key=lambda row: natural_key(part(row)), reverse=is_down)
            return rows

        self._stage(order)

    def _add_limit(self, children: list[Any]) -> None:
        text = str(children[0])
        if not text.isdecimal() or not 1 <= int(text) <= MOST:
            raise MalformedQueryError(f"limit takes a whole number from 1 to {MOST:,}.")
        self._plan.limit = int(text)
        self._stage(lambda rows: rows[: int(text)], shapes=True)

    def _add_dedup(self, children: list[Any]) -> None:
        parts = [self._rows.compile(as_node(child)) for child in children]

        def leave_first(rows: list[Row]) -> list[Row]:
            seen: set[tuple[str, ...]] = set()
            left = []
            for row in rows:
                found = [_as_key(part(row)) for part in parts]
                key = tuple(each for each in found if each is not None)
                if len(key) == len(found) and key in seen:
                    continue
                seen.add(key)
                left.append(row)
            return left

        self._stage(leave_first, shapes=True)


def _as_key(value: Value) -> str | None:
    return None if value is None else show(value)
