#!/usr/bin/env python3
"""Draws a GEXF file of kinfolk as it stands in it: places, colors, sizes.

    pip install matplotlib
    python3 docs/figures/draw_network.py shop-segments/network.gexf docs/figures/shop.png
"""
import sys
import xml.etree.ElementTree as ET

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection

G, V = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"


def main(source, target):
    root = ET.parse(source).getroot()
    place, color, size, segment, name = {}, {}, {}, {}, {}
    for node in root.iter(G + "node"):
        i = node.get("id")
        p, c, s = node.find(V + "position"), node.find(V + "color"), node.find(V + "size")
        place[i] = (float(p.get("x")), float(p.get("y")))
        color[i] = tuple(int(c.get(k)) / 255 for k in "rgb")
        size[i] = float(s.get("value"))
        for value in node.iter(G + "attvalue"):
            if value.get("for") == "segment":
                segment[i] = int(value.get("value"))
            if value.get("for") == "segment_name":
                name[i] = value.get("value")
    edges = [(e.get("source"), e.get("target")) for e in root.iter(G + "edge")]
    figure, axes = plt.subplots(figsize=(9, 7), dpi=110)
    lines = [(place[a], place[b]) for a, b in edges]
    shades = [(*color[a], 0.10) if segment.get(a) == segment.get(b) else (0.2, 0.2, 0.2, 0.25) for a, b in edges]
    axes.add_collection(LineCollection(lines, colors=shades, linewidths=0.5, zorder=1))
    ids = sorted(place, key=lambda i: size[i])
    axes.scatter(
        [place[i][0] for i in ids],
        [place[i][1] for i in ids],
        s=[size[i] ** 1.6 for i in ids],
        c=[color[i] for i in ids],
        edgecolors="white",
        linewidths=0.3,
        zorder=2,
    )
    for s in sorted(set(segment.values()))[:10]:
        members = [i for i in segment if segment[i] == s]
        axes.scatter([], [], color=color[members[0]], label=f"{s}  {name.get(members[0], '')} ({len(members)})")
    if segment:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, fontsize=8, frameon=False)
    axes.set_aspect("equal")
    axes.axis("off")
    figure.savefig(target, bbox_inches="tight")


if __name__ == "__main__":
    main(*sys.argv[1:3])
