"""The services of X-Ray's service graph, and the requests that go from one to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError
from workshop.views import words
from workshop.views.outcomes import Outcomes, read_outcomes

CLIENT = "client"
UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Node:
    """One service, client, database or other thing that is called.

    Args:
        name: its name; 'client' for whoever calls from outside.
        type: what X-Ray says that it is, such as `AWS::EC2::Instance`, `remote` or `client`; empty
            where X-Ray does not say.
        outcomes: of the requests that it answered; None where nobody counted, as at a client.
    """

    name: str
    type: str
    outcomes: Outcomes | None

    @property
    def is_client(self) -> bool:
        """Whether it stands for whoever calls from outside."""
        return self.type == CLIENT


@dataclass(frozen=True)
class Edge:
    """The requests from one node to another.

    Args:
        source: the index of the node that calls.
        target: the index of the node that is called.
        outcomes: how they ended; None where nobody counted.
    """

    source: int
    target: int
    outcomes: Outcomes | None

    @property
    def fails(self) -> bool:
        """Whether any of its requests ended in a fault."""
        return self.outcomes is not None and self.outcomes.fault > 0


@dataclass(frozen=True)
class ServiceGraph:
    """Nodes, clients first and then by name, and the edges between them in the order of theirs."""

    nodes: list[Node]
    edges: list[Edge]

    @property
    def names(self) -> list[str]:
        """Each node's name, with its type where two share one; any client is just the client."""
        alike = Counter(node.name for node in self.nodes if not node.is_client)
        return [
            f"{node.name} ({node.type or 'service'})" if alike[node.name] > 1 else node.name
            for node in self.nodes
        ]


def read_graph(services: Iterable[Mapping[str, Any]]) -> ServiceGraph:
    """Return the graph that X-Ray tells, the same whatever order and ids X-Ray gives its services.

    Args:
        services: `Services` of boto3's `get_service_graph` or `get_trace_graph`. Source:
            https://docs.aws.amazon.com/xray/latest/api/API_Service.html

    Raises:
        WorkshopError: there is no service in it.
    """
    told = list(services)
    if not told:
        raise WorkshopError(
            "There is nothing to draw: this service graph has no services.",
            "Send the app a request, then ask for a time range that holds it, and draw again.",
        )
    by_id: dict[object, Node] = {each.get("ReferenceId"): _read_node(each) for each in told}
    for each in told:
        for edge in each.get("Edges") or []:
            # Such a service may be on the next page of the answer.
            by_id.setdefault(edge.get("ReferenceId"), Node(UNKNOWN, "", None))
    order = sorted(by_id, key=lambda reference: _rank(by_id[reference]))
    places = {reference: index for index, reference in enumerate(order)}

    edges: dict[tuple[int, int], Outcomes | None] = {}
    for each in told:
        for edge in each.get("Edges") or []:
            ends = places[each.get("ReferenceId")], places[edge.get("ReferenceId")]
            counted = read_outcomes(edge.get("SummaryStatistics"))
            # Two edges between the same nodes, one of each EdgeType, are drawn as one.
            known = edges.get(ends)
            edges[ends] = known + counted if known and counted else known or counted
    return ServiceGraph(
        [by_id[reference] for reference in order],
        [
            Edge(*ends, outcomes)
            for ends, outcomes in sorted(edges.items(), key=lambda item: item[0])
        ],
    )


def _read_node(service: Mapping[str, Any]) -> Node:
    kind = words.clean(service.get("Type") or "")
    # X-Ray names a client after the service that it calls.
    told = CLIENT if kind == CLIENT else words.without_folders(service.get("Name") or "")
    name = words.clean(told)
    return Node(name or "(no name)", kind, read_outcomes(service.get("SummaryStatistics")))


def _rank(node: Node) -> tuple[object, ...]:
    counts = tuple(node.outcomes.counts.values()) if node.outcomes else ()
    return (not node.is_client, node.name, node.type, counts)
