#!/usr/bin/env python3
"""The graph's segments and the baselines on tables with a known grouping, as Markdown: docs/comparison.md.

    cargo build --release
    python3 benches/comparison.py target/release/kinfolk FOLDER_OF_REAL_DATA > docs/comparison.md
"""
import csv
import math
import os
import random
import subprocess
import sys
import tempfile

MEASURES = [
    ("silhouette", "silhouette", True),
    ("davies_bouldin", "Davies-Bouldin", False),
    ("calinski_harabasz", "Calinski-Harabasz", True),
]

HEAD = """# Beside other methods

Made by `benches/comparison.py`: `kinfolk segment --baselines all` on real tables, generated ones, moons and rings, at the number of segments that it
recommends. `louvain` is kinfolk's answer, `parts` its answer where no segments are supported; `kmeans`, `minibatch` and `ward` have as many clusters as that,
`kmeans_best` the number with the best silhouette of 2 to 20, `dbscan` and `hdbscan` their own, with what is in none of their clusters as one group. In brackets: 95 % of resamples of the customers. Below each table stands
what is better than the graph's answer, and what is worse, where those resamples agree; of what is named nowhere neither is said to be better.

The silhouette, Davies-Bouldin and Calinski-Harabasz reward round groups of equal size around centers, which is what k-means makes: they favor it by construction. The last column,
agreement with a grouping that was known beforehand (adjusted Rand: 1 is the same, 0 is chance), favors nobody.
"""


def bent(path, rings):
    """Two half moons, or two rings: 400 customers each, drawn with Python's generator and a fixed seed."""
    draw = random.Random(7)
    with open(path, "w", encoding="utf-8") as out:
        out.write("customer_id,x,y,group\n")
        for i in range(800):
            group, angle = i % 2, draw.random() * (2 * math.pi if rings else math.pi)
            radius = (1 + 2 * group) if rings else 1
            x, y = radius * math.cos(angle), radius * math.sin(angle)
            if not rings and group:
                x, y = 1 - x, 0.4 - y
            out.write(f"C{i},{x + draw.gauss(0, 0.08):.4f},{y + draw.gauss(0, 0.08):.4f},g{group}\n")


def rows_of(program, table, flags, folder):
    out = f"{folder}/out"
    command = [program, "segment", table, "-o", out, "-q", "--no-report", "--no-model", "--baselines", "all", *flags]
    subprocess.run(command, check=True, capture_output=True)
    with open(f"{out}/comparison.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(row, column, digits=2):
    if not row[column]:
        return "–"
    low, high = row.get(f"{column}_low"), row.get(f"{column}_high")
    text = f"{float(row[column]):.{digits}f}"
    return f"{text} ({float(low):.{digits}f} to {float(high):.{digits}f})" if low and high else text


def verdicts(rows):
    """For each baseline what it is better and worse in than the graph's answer."""
    for row in rows[1:]:
        better, worse = [], []
        for column, name, more_is_better in MEASURES:
            low, high = row[f"{column}_minus_graph_low"], row[f"{column}_minus_graph_high"]
            if low and (float(low) > 0 or float(high) < 0):
                (better if (float(low) > 0) == more_is_better else worse).append(name)
        said = []
        if better:
            said.append("better in " + ", ".join(better))
        if worse:
            said.append("worse in " + ", ".join(worse))
        yield f"`{row['method']}` is {' and '.join(said)}" if said else f"`{row['method']}`: no sure difference"


def section(title, rows):
    truth = "ari_with_truth" in rows[0]
    print(f"\n## {title}\n")
    print("| method | clusters | silhouette | Davies-Bouldin, less is better | Calinski-Harabasz | come back | agreement with the graph's |" + (" with the known grouping |" if truth else ""))
    print("|---|---|---|---|---|---|---|" + ("---|" if truth else ""))
    for row in rows:
        cells = [
            f"`{row['method']}`",
            row["clusters"],
            shown(row, "silhouette"),
            shown(row, "davies_bouldin"),
            shown(row, "calinski_harabasz", 0),
            f"{float(row['stability']):.2f}" if row["stability"] else "–",
            shown(row, "ari_with_graph"),
        ]
        if truth:
            cells.append(f"{float(row['ari_with_truth']):.2f}")
        print("| " + " | ".join(cells) + " |")
    print("\n" + "; ".join(verdicts(rows)) + ".")


def main(program, data):
    print(HEAD, end="")
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for name, flags in [
            ("shop", ["--customers", "3000"]),
            ("close", ["--customers", "3000", "--segments", "8", "--separation", "3", "--seed", "5"]),
        ]:
            path = f"{folder}/{name}.csv"
            subprocess.run([program, "generate", *flags, "-o", path, "-q"], check=True)
            made.append((f"Generated: {' '.join(flags)}", path, ["--truth", "true_segment", "--ignore", "bridge_between"]))
        for name, rings in [("Two half moons", False), ("Two rings", True)]:
            path = f"{folder}/{name.split()[1]}.csv"
            bent(path, rings)
            made.append((name, path, ["--truth", "group"]))
        tables = [
            ("Penguins", f"{data}/labelled/penguins.csv", ["--truth", "species"]),
            ("Digits", f"{data}/labelled/digits.csv.gz", ["--truth", "digit"]),
            ("Wholesale customers", f"{data}/customers/wholesale_customers.csv", ["--truth", "Channel"]),
            ("Credit cards (cc_general)", f"{data}/customers/cc_general.csv.gz", []),
            ("Telco customers", f"{data}/customers/telco_churn.csv.gz", ["--truth", "Churn"]),
            *made,
        ]
        for title, path, flags in tables:
            if os.path.exists(path):
                section(title, rows_of(program, path, flags, folder))


if __name__ == "__main__":
    main(*sys.argv[1:3])
