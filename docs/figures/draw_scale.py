#!/usr/bin/env python3
"""Draws border ratio and agreement of every level of two runs, side by side.

    pip install matplotlib
    kinfolk segment datasets/shop_customers.csv --truth true_segment --ignore bridge_between -o shop
    kinfolk segment cloud.csv -o cloud                # any table without segments
    python3 docs/figures/draw_scale.py shop/levels.csv cloud/levels.csv docs/figures/scale.png
"""
import csv
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(shop, cloud, target):
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True)
    for axis, source, title in zip(axes, (shop, cloud), ("A shop with five segments", "A cloud with none")):
        with open(source, newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["border_ratio"]]
        segments = [int(row["segments"]) for row in rows]
        axis.plot(segments, [float(r["border_ratio"]) for r in rows], "o-", color="#D55E00", label="border ratio")
        axis.plot(segments, [float(r["border_limit"]) for r in rows], "--", color="#D55E00", lw=1, label="border limit")
        stable = [(int(r["segments"]), float(r["stability"])) for r in rows if r["stability"]]
        if stable:
            axis.plot(*zip(*stable), "s-", color="#0072B2", label="stability")
        for row in rows:
            if row["supported"] == "true":
                axis.axvspan(int(row["segments"]) * 0.94, int(row["segments"]) * 1.06, color="#009E73", alpha=0.12, lw=0)
            if row["chosen"] == "true":
                axis.axvline(int(row["segments"]), color="#009E73", lw=2)
        axis.set_xscale("log")
        axis.set_xticks([2, 3, 5, 10, 20, 40], ["2", "3", "5", "10", "20", "40"])
        axis.minorticks_off()
        axis.set_xlabel("segments")
        axis.set_title(title)
        axis.set_ylim(0, 2)
    axes[0].legend(frameon=False)
    axes[0].text(0.98, 0.03, "green: supported levels; line: recommended", ha="right", transform=axes[0].transAxes, fontsize=8)
    figure.tight_layout()
    figure.savefig(target, dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:4])
