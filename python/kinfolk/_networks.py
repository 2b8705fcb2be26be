"""Networks of other libraries into tables of edges, and the run's network into networks of theirs."""

from __future__ import annotations

import os
import warnings
from typing import Any
from xml.etree import ElementTree

_TYPES = {"integer": int, "long": int, "double": float, "float": float, "boolean": "true".__eq__}


def edges(network: Any) -> Any:
    """A table of edges; what is a table already stays as it is."""
    module = type(network).__module__.partition(".")[0]
    if module == "networkx":
        rows = [(u, v, 1.0 if w is None else w) for u, v, w in network.edges(data="weight")]
        return _table(rows, network.number_of_nodes())
    if module == "igraph":
        names = network.vs["name"] if "name" in network.vs.attributes() else range(network.vcount())
        weights = network.es["weight"] if network.is_weighted() else [1.0] * network.ecount()
        pairs = network.get_edgelist()
        return _table([(names[u], names[v], w) for (u, v), w in zip(pairs, weights)], network.vcount())
    if module == "scipy" and hasattr(network, "tocoo"):
        from scipy import sparse

        half = network if (network != network.T).nnz else sparse.triu(network)
        half = half.tocoo()
        rows = [(u, v, w) for u, v, w in zip(half.row.tolist(), half.col.tolist(), half.data.tolist()) if w]
        return _table(rows, network.shape[0])
    return network


def _table(rows: list[tuple[Any, Any, Any]], n_nodes: int) -> dict[str, list[Any]]:
    source, target, weight = (list(column) for column in zip(*rows)) if rows else ([], [], [])
    alone = n_nodes - len({*source, *target})
    if alone:
        # 1 is here, 2 edges(), 3 communities(), 4 whoever called that.
        warnings.warn(f"{alone:,} nodes without ties are left out", UserWarning, stacklevel=4)
    return {"source": source, "target": target, "weight": weight}


def _read(path: os.PathLike[str]) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str, float]]]:
    """Nodes with their values, and edges, of a GEXF file of ours."""
    titles: dict[str, tuple[str, Any]] = {}
    nodes: dict[str, dict[str, Any]] = {}
    ties: list[tuple[str, str, float]] = []
    for _, element in ElementTree.iterparse(path):
        tag = element.tag.rpartition("}")[2]
        if tag == "attribute":
            titles[element.get("id", "")] = (element.get("id", ""), _TYPES.get(element.get("type", ""), str))
        elif tag == "node":
            nodes[element.get("id", "")] = _values(element, titles)
            element.clear()
        elif tag == "edge":
            ties.append((element.get("source", ""), element.get("target", ""), float(element.get("weight", 1))))
            element.clear()
    return nodes, ties


def _values(node: ElementTree.Element, titles: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {"label": node.get("label")}
    for element in node.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "attvalue":
            name, parse = titles[element.get("for", "")]
            values[name] = parse(element.get("value", ""))
        elif tag == "position":
            values["x"], values["y"] = float(element.get("x", 0)), float(element.get("y", 0))
    return values


def to_networkx(path: os.PathLike[str]) -> Any:
    import networkx

    nodes, ties = _read(path)
    graph = networkx.Graph()
    graph.add_nodes_from(nodes.items())
    graph.add_weighted_edges_from(ties)
    return graph


def to_igraph(path: os.PathLike[str]) -> Any:
    import igraph

    nodes, ties = _read(path)
    place = {name: at for at, name in enumerate(nodes)}
    graph = igraph.Graph(len(nodes), [(place[u], place[v]) for u, v, _ in ties])
    graph.vs["name"] = list(nodes)
    for key in dict.fromkeys(key for values in nodes.values() for key in values):
        graph.vs[key] = [values.get(key) for values in nodes.values()]
    graph.es["weight"] = [weight for _, _, weight in ties]
    return graph


def to_scipy(path: os.PathLike[str]) -> tuple[Any, list[str]]:
    from scipy import sparse

    nodes, ties = _read(path)
    place = {name: at for at, name in enumerate(nodes)}
    both = [(place[u], place[v], w) for u, v, w in ties] + [(place[v], place[u], w) for u, v, w in ties if u != v]
    rows, columns, weights = zip(*both) if both else ((), (), ())
    return sparse.csr_array((weights, (rows, columns)), shape=(len(nodes), len(nodes))), list(nodes)
