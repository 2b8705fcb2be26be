"""Reference values of NetworkX for tests/it/centrality.rs.

usage: python centrality.py FOLDER_OF_GRAPHS > centrality.json

Betweenness: the 40 nodes with the most, and the sum; clustering and core number: sums that weigh each node
differently, so that a value at the wrong node shows; articulation points: all.
"""
import csv
import json
import math
import sys

import networkx as nx

GRAPHS = ["karate", "dolphins", "football", "netscience", "power", "lfr_1000_small_mu03"]


def read(folder, name):
    graph = nx.Graph()
    with open(f"{folder}/{name}.nodes.csv", newline="") as file:
        graph.add_nodes_from(int(row["id"]) for row in csv.DictReader(file))
    with open(f"{folder}/{name}.edges.csv", newline="") as file:
        graph.add_edges_from((int(row["source"]), int(row["target"])) for row in csv.DictReader(file))
    return graph


def weighed(values):
    """Sum of value times cos(node)."""
    return math.fsum(value * math.cos(node) for node, value in values.items())


out = {"networkx": nx.__version__, "graphs": {}}
for name in GRAPHS:
    graph = read(sys.argv[1], name)
    clustering, core = nx.clustering(graph), nx.core_number(graph)
    betweenness = nx.betweenness_centrality(graph, normalized=False)
    top = sorted(betweenness, key=lambda v: (-betweenness[v], v))[:40]
    out["graphs"][name] = {
        "clustering_sum": math.fsum(clustering.values()),
        "clustering_weighed": weighed(clustering),
        "core_max": max(core.values()),
        "core_weighed": weighed(core),
        "articulation_points": sorted(nx.articulation_points(graph)),
        "betweenness_sum": math.fsum(betweenness.values()),
        "betweenness_weighed": weighed(betweenness),
        "betweenness_top": [[v, betweenness[v]] for v in top],
    }
print(json.dumps(out, indent=None, separators=(",", ":")).replace('},"', '},\n"'))
