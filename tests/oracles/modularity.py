"""Modularity of random divisions by python-igraph, cut shares by NetworkX. Writes modularity.json beside this file.

Usage: python modularity.py FOLDER_OF_GRAPHS
"""

import csv
import json
import pathlib
import random
import sys

import igraph
import networkx

graphs = pathlib.Path(sys.argv[1])
random.seed(7)
cases = []


def add(name, n, edges, divisions, inline):
    graph = igraph.Graph(n, [e[:2] for e in edges])
    weights = [e[2] for e in edges]
    nx = networkx.Graph()
    nx.add_nodes_from(range(n))
    nx.add_weighted_edges_from(edges)
    volume = 2 * sum(weights)
    for labels in divisions:
        q = [
            [gamma, graph.modularity(labels, weights=weights, resolution=gamma)]
            for gamma in (0.0, 0.3, 1.0, 2.5)
        ]
        conductance = []
        for c in range(max(labels) + 1):
            inside = [v for v in range(n) if labels[v] == c]
            own = sum(d for _, d in nx.degree(inside, weight="weight"))
            # NetworkX divides by the smaller side: only comparable where that is the community.
            comparable = inside and 0 < own <= volume / 2
            conductance.append(networkx.conductance(nx, inside, weight="weight") if comparable else None)
        case = {"graph": name, "labels": labels, "modularity": q, "conductance": conductance}
        if inline:
            case["n"] = n
            case["edges"] = edges
        cases.append(case)


def read(name, weighted):
    with open(graphs / f"{name}.nodes.csv") as file:
        n = sum(1 for _ in csv.DictReader(file))
    with open(graphs / f"{name}.edges.csv") as file:
        rows = list(csv.DictReader(file))
    return n, [(int(r["source"]), int(r["target"]), float(r["weight"]) if weighted else 1.0) for r in rows]


for name, weighted, groups in [("karate", True, 4), ("football", False, 9), ("netscience", True, 6)]:
    n, edges = read(name, weighted)
    divisions = [[random.randrange(groups) for _ in range(n)] for _ in range(2)]
    add(name, n, edges, divisions, inline=False)

# Self-loops: the conventions differ between programs, so a graph with two of them stands here in full.
loops = [(0, 0, 2.0), (0, 1, 1.0), (1, 2, 3.0), (2, 3, 0.5), (3, 3, 1.5), (3, 4, 2.0), (4, 0, 1.0)]
add("loops", 5, loops, [[0, 0, 1, 1, 1], [0, 1, 1, 2, 0], [0, 0, 0, 0, 0]], inline=True)

out = {
    "programs": {"igraph": igraph.__version__, "networkx": networkx.__version__},
    "cases": cases,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out, separators=(",", ":")).replace('{"graph"', '\n{"graph"') + "\n")
