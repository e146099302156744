import pytest

from workshop.views.layers import arrange


def columns_of(layers, nodes):
    return {
        slot: index
        for index, column in enumerate(layers.columns)
        for slot in column
        if slot < nodes
    }


def test_a_node_stands_right_of_all_that_lead_to_it():
    layers = arrange(4, [(0, 1), (0, 2), (1, 2), (2, 3)])
    assert columns_of(layers, 4) == {0: 0, 1: 1, 2: 2, 3: 3}


def test_an_edge_that_passes_a_column_has_a_lane_there():
    layers = arrange(3, [(0, 1), (1, 2), (0, 2)])
    (lane,) = layers.ways[0, 2][1:-1]
    assert lane in layers.columns[1]
    assert layers.ways[0, 1] == [0, 1]


def test_who_is_called_by_nobody_stands_beside_what_it_calls():
    layers = arrange(4, [(0, 1), (1, 2), (3, 2)])
    assert columns_of(layers, 4)[3] == 1


@pytest.mark.parametrize(
    ("edges", "turned"),
    [
        ([(0, 1), (1, 0)], {(1, 0)}),
        ([(0, 1), (1, 2), (2, 0)], {(2, 0)}),
        ([(2, 0), (0, 1), (1, 0)], {(1, 0)}),
        ([(0, 0)], set()),
    ],
)
def test_what_closes_a_cycle_runs_back(edges, turned):
    layers = arrange(3, edges)
    assert layers.turned == turned
    for edge, way in layers.ways.items():
        assert (way[0], way[-1]) == (edge[::-1] if edge in turned else edge)


def test_edges_that_need_not_cross_do_not():
    # Sorted by number, each pair of edges would cross.
    layers = arrange(6, [(0, 5), (1, 4), (2, 3)])
    left, right = layers.columns
    partner = {0: 5, 1: 4, 2: 3}
    assert [partner[node] for node in left] == right


def test_nodes_without_edges_stand_in_the_first_column():
    assert arrange(3, []).columns == [[0, 1, 2]]


def test_a_chain_longer_than_the_stack_is_a_column_each():
    layers = arrange(1500, [(node, node + 1) for node in range(1499)])
    assert len(layers.columns) == 1500
