"""The command `stats`: one row for each group of rows, with what is computed over the group.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workshop.sandbox.cloudwatch.insights.aggregates import AGGREGATES, find_percentile
from workshop.sandbox.cloudwatch.insights.errors import not_documented
from workshop.sandbox.cloudwatch.insights.expressions import Compiled, Compiler
from workshop.sandbox.cloudwatch.insights.parser import Node, as_node, read_name
from workshop.sandbox.cloudwatch.insights.rows import Row
from workshop.sandbox.cloudwatch.insights.values import Value, as_number, show

Named = tuple[str, Compiled]


@dataclass
class Group:
    """The rows of one group.

    Args:
        values: what they have in common, then what has been computed over them.
        rows: the rows, one or more.
    """

    values: dict[str, Value]
    rows: list[Row] = field(default_factory=list)

    def get(self, name: str) -> Value:
        """Return a value that the group has."""
        return self.values.get(name)


class GroupCompiler(Compiler):
    """Compiles what stands before `by`: expressions over groups, with aggregates of rows in them.

    Args:
        rows: compiles what stands in an aggregate.
        known: the names that an expression may use: those after `by`, then those before itself.
    """

    def __init__(self, rows: Compiler, known: list[str]) -> None:
        super().__init__(rows.query, rows.now_s)
        self._rows = rows
        self.known = known

    def compile_field(self, node: Node) -> Compiled:
        """Return the function of a value that the group already has."""
        name = read_name(node)
        if name not in self.known:
            raise self.refuse(
                f"stats has no single '{name}' for a group; put it after 'by' or into a function"
                " such as max().",
                node,
            )
        return super().compile_field(node)

    def compile_call(self, node: Node) -> Compiled:
        """Return the function of an aggregate, or of any other function over groups."""
        name, *arguments = node.children
        lower = str(name).lower()
        if lower in ("earliest", "latest"):
            return self._compile_by_time(node, lower)
        if lower == "pct":
            return self._compile_percentile(node)
        if lower == "bin":
            key = self._find_column(node, self.known)
            if key is None:
                raise self.refuse(
                    "stats has no single '@timestamp' for a group; put bin() after 'by'.", node
                )
            return lambda group: group.get(key)
        if lower not in AGGREGATES:
            return super().compile_call(node)
        if lower == "count" and (not arguments or as_node(arguments[0]).data == "star"):
            return lambda group: len(group.rows)
        self._check_count(node, 1, 1)
        aggregate, part = AGGREGATES[lower], self._rows.compile(as_node(arguments[0]))
        return lambda group: aggregate([part(row) for row in group.rows])

    def _compile_percentile(self, node: Node) -> Compiled:
        self._check_count(node, 2, 2)
        part = self._rows.compile(as_node(node.children[1]))
        share = as_node(node.children[2])
        percent = as_number(self.compile(share)(None)) if share.data == "number" else None
        if percent is None or not 0 <= percent <= 100:
            raise self.refuse("pct() needs a number from 0 to 100, such as pct(x, 95).", node)
        return lambda group: find_percentile([part(row) for row in group.rows], percent)

    def _compile_by_time(self, node: Node, name: str) -> Compiled:
        self._check_count(node, 1, 1)
        if self._rows.columns is not None:
            raise self.refuse(f"{name}() needs log events; after stats there are none.", node)
        part = self._rows.compile(as_node(node.children[1]))
        choose = min if name == "earliest" else max

        def find(group: Group) -> Value:
            value = part(choose(group.rows, key=lambda row: row.order))
            if value is None and any(part(row) is not None for row in group.rows):
                raise not_documented(
                    f"{name}() is given a field that the {name} event does not have; filter by"
                    " ispresent() first."
                )
            return value

        return find


def compile_groups(keys: Sequence[Named], results: Sequence[Named]) -> Callable[[list[Row]], Any]:
    """Return the function of rows that groups them and computes a row for each group.

    Groups come in the order of their first rows.

    Args:
        keys: names and functions of rows, after `by`; without them, all rows are one group.
        results: names and functions of groups.
    """

    def compute(rows: list[Row]) -> list[Row]:
        groups: dict[tuple[str | None, ...], Group] = {}
        for row in rows:
            values = {name: part(row) for name, part in keys}
            key = tuple(None if each is None else show(each) for each in values.values())
            groups.setdefault(key, Group(values)).rows.append(row)
        for group in groups.values():
            for name, part in results:
                group.values[name] = part(group)
        return [Row(group.values) for group in groups.values()]

    return compute
