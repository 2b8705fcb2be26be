"""Networks go in, and the run's network comes out."""

import kinfolk
import pytest

TIES = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "e"), ("e", "f"), ("d", "f"), ("c", "d")]


def groups(found):
    nodes = found.nodes
    pairs = zip(list(nodes["node"]), list(nodes["community"]))
    return {str(node): int(community) for node, community in pairs}


def test_a_table_of_edges():
    found = kinfolk.communities({"source": [u for u, _ in TIES], "target": [v for _, v in TIES]})
    assert groups(found) == {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 2}
    assert found.n_communities == 2 and repr(found) == "<kinfolk.Communities: 2 communities in 6 nodes>"
    assert found.summary().startswith("2 communities in 6 nodes")
    assert set(found.bridges["node"]) == {"c", "d"}
    assert "<circle" in found._repr_html_()


def test_networkx_both_ways():
    networkx = pytest.importorskip("networkx")
    club = networkx.karate_club_graph()
    found = kinfolk.communities(club, trials=5)
    assert len(groups(found)) == 34
    back = found.to_networkx()
    assert back.number_of_edges() == club.number_of_edges()
    for u, v, weight in club.edges(data="weight"):
        assert back[str(u)][str(v)]["weight"] == weight
    given = networkx.algorithms.community.modularity(club, [
        {n for n in club if groups(found)[str(n)] == c} for c in range(1, found.n_communities + 1)
    ])  # fmt: skip
    assert given == pytest.approx(found.info["modularity"], abs=1e-6)


def test_nodes_without_ties_are_told():
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph(TIES)
    graph.add_node("alone")
    with pytest.warns(UserWarning, match="1 nodes without ties are left out"):
        assert "alone" not in groups(kinfolk.communities(graph))


def test_igraph_both_ways():
    igraph = pytest.importorskip("igraph")
    graph = igraph.Graph.TupleList(TIES)
    found = kinfolk.communities(graph)
    assert groups(found)["a"] != groups(found)["f"]
    back = found.to_igraph()
    assert sorted(back.vs["name"]) == list("abcdef") and back.ecount() == len(TIES)


def test_scipy_both_ways():
    sparse = pytest.importorskip("scipy.sparse")
    names = "abcdef"
    rows, columns = zip(*((names.index(u), names.index(v)) for u, v in TIES))
    half = sparse.coo_array(([1.0] * 7, (rows, columns)), shape=(6, 6))
    expected = half + half.T
    for given in (half, sparse.csr_array(expected)):
        matrix, ids = kinfolk.communities(given).to_scipy()
        order = [int(one) for one in ids]
        assert abs(matrix - sparse.csr_array(expected)[order][:, order]).max() < 1e-6


def test_the_network_of_segments(found):
    networkx = pytest.importorskip("networkx")
    graph = found.to_networkx()
    assert graph.number_of_nodes() == 600 and graph.number_of_edges() == found.info["graph"]["edges"]
    segments = dict(zip(found.customers["customer_id"], found.customers["segment"]))
    assert all(values["segment"] == segments[node] for node, values in graph.nodes(data=True))
    assert networkx.number_connected_components(graph) == found.info["graph"]["components"]
