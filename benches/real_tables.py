#!/usr/bin/env python3
"""Runs the program over real tables and prints what it found as a Markdown table: docs/results.md.

    cargo build --release
    python3 benches/real_tables.py target/release/kinfolk FOLDER_OF_REAL_DATA
"""
import json
import subprocess
import sys
import tempfile

TABLES = [
    ("customers/wholesale_customers.csv", ["--truth", "Channel"]),
    ("customers/mall_customers.csv", []),
    ("customers/cc_general.csv.gz", []),
    ("customers/telco_churn.csv.gz", ["--truth", "Churn"]),
    ("customers/telco_churn_noid.csv.gz", ["--truth", "churn"]),
    ("customers/segmentation_abcd_train.csv.gz", ["--truth", "Segmentation"]),
    ("customers/online_shoppers_intention.csv.gz", ["--truth", "Revenue"]),
    ("labelled/penguins.csv", ["--truth", "species"]),
    ("labelled/digits.csv.gz", ["--truth", "digit"]),
    ("labelled/letter.csv.gz", ["--truth", "lettr"]),
    ("labelled/pbmc68k_reduced_pca50.csv.gz", ["--truth", "cell_type", "--ignore", "louvain_scanpy", "--scale", "none"]),
    ("labelled/pbmc68k_reduced_genes765.csv.gz", []),
    ("labelled/tissue_gene_expression.csv.gz", ["--truth", "y", "--scale", "none"]),
]


def number(x):
    return "" if x is None else f"{x:.2f}"


def main(program, data):
    print("| table, flags | customers × columns in use | segments (supported) | stability | ARI with k-means | silhouette, k-means | ARI with truth, k-means |")
    print("|---|---|---|---|---|---|---|")
    for name, flags in TABLES:
        with tempfile.TemporaryDirectory() as out:
            command = [program, "segment", f"{data}/{name}", "-o", f"{out}/o", "-q", "--json", *flags]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            s = json.loads(done.stdout)
        menu = sorted({level["segments"] for level in s["levels"] if level["supported"]})
        graph, k_means = s["comparison"][:2]
        truth = ""
        if "ari_with_truth" in graph:
            truth = f"{number(graph['ari_with_truth'])}, {number(k_means['ari_with_truth'])}"
        supported = ", ".join(map(str, menu[:8])) + (", ..." if len(menu) > 8 else "")
        print(
            f"| `{name.split('/')[1]}` {' '.join(flags)} | {s['customers']} × {len(s['features'])} | "
            f"{len(s['segments'])} ({supported or 'none'}) | {number(graph['stability'])} | {number(k_means['ari_with_graph'])} | "
            f"{number(graph['silhouette'])}, {number(k_means['silhouette'])} | {truth} |"
        )


if __name__ == "__main__":
    main(*sys.argv[1:3])
