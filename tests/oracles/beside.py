"""Numbers of SciPy, scikit-learn and pandas for tests/it/beside.rs.

Usage: python beside.py FOLDER_OF_REAL_DATA > beside.json

Points are made as in baselines.py: doubles, then float32 (what the crate computes on), then doubles again.
"""

import json
import sys

import numpy as np
import pandas as pd
import scipy
import sklearn
from scipy import stats
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import HDBSCAN

data = sys.argv[1]


def single(x):
    return np.asarray(x, dtype=np.float64).astype(np.float32).astype(np.float64)


def z(x):
    x = np.asarray(x, dtype=np.float64)
    return single((x - x.mean(axis=0)) / x.std(axis=0))


wholesale = pd.read_csv(f"{data}/customers/wholesale_customers.csv")
measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
birds = pd.read_csv(f"{data}/labelled/penguins.csv")
penguins = birds.dropna(subset=measures)
digits = pd.read_csv(f"{data}/labelled/digits.csv.gz")
points = {
    "wholesale": z(np.log1p(wholesale.iloc[:, 2:].to_numpy(np.float64))),
    "penguins": z(penguins[measures]),
    "digits": single(digits.iloc[:, :64].to_numpy(np.float64) / 16),
}

# Ward's tree: the last 50 joins.
ward = []
for name, x in points.items():
    tree = linkage(x, "ward")
    n = len(x)
    sizes = np.concatenate([np.ones(n), tree[:, 3]])
    last = tree[-50:]
    pairs = [sorted((int(sizes[int(a)]), int(sizes[int(b)])), reverse=True) for a, b in last[:, :2]]
    ward.append({"points": name, "heights": [float(h) for h in last[:, 2]], "sizes": pairs})


def differing(labels, reference):
    """Customers outside the best match of their cluster, noise with noise."""
    count = pd.crosstab(labels, reference)
    kept = int(count.loc[-1, -1]) if -1 in count.index and -1 in count.columns else 0
    clusters = count.drop(index=-1, errors="ignore").drop(columns=-1, errors="ignore")
    return len(labels) - kept - int(clusters.max(axis=1).sum())


# HDBSCAN: excess of mass, as scikit-learn does by default. It opens equal gaps one after the other, in an order that comes from that of the customers: how many
# customers are elsewhere with ten other orders says how much of its labels that is.
hdbscan = []
orders = np.random.default_rng(1)
for name, least, near, metric in [
    ("penguins", 10, 5, "euclidean"), ("penguins", 20, 10, "euclidean"), ("wholesale", 5, 5, "euclidean"),
    ("wholesale", 10, 3, "euclidean"), ("digits", 10, 5, "euclidean"), ("digits", 20, 20, "euclidean"),
    ("penguins", 10, 5, "manhattan"),
]:
    x = points[name]

    def labels_of(order):
        labels = np.empty(len(x), dtype=int)
        fit = HDBSCAN(min_cluster_size=least, min_samples=near, metric=metric, algorithm="brute", copy=True)
        labels[order] = fit.fit(x[order]).labels_
        return labels

    labels = labels_of(np.arange(len(x)))
    others = [differing(labels_of(orders.permutation(len(x))), labels) for _ in range(10)]
    hdbscan.append({"points": name, "min_cluster_size": least, "min_samples": near, "metric": metric,
                    "labels": labels.tolist(), "differing_in_other_orders": others})


# Associations between columns of the penguins, on the rows that have both.
def cramer(a, b):
    table = pd.crosstab(a, b)
    chi2 = stats.chi2_contingency(table, correction=False)[0]
    return float(np.sqrt(chi2 / table.to_numpy().sum() / (min(table.shape) - 1)))


def eta(category, number):
    both = pd.DataFrame({"c": category, "x": number}).dropna()
    mean = both["x"].mean()
    between = both.groupby("c")["x"].agg(["size", "mean"])
    between = (between["size"] * (between["mean"] - mean) ** 2).sum()
    return float(np.sqrt(between / ((both["x"] - mean) ** 2).sum()))


numbers = measures + ["year"] if "year" in birds else measures
categories = [c for c in ["species", "island", "sex"] if c in birds]
associations = []
for i, a in enumerate(numbers):
    for b in numbers[:i]:
        both = birds[[a, b]].dropna()
        associations.append({"a": a, "b": b, "measure": "spearman",
                             "value": float(stats.spearmanr(both[a], both[b]).statistic), "rows": len(both)})
for i, a in enumerate(categories):
    for b in categories[:i]:
        both = birds[[a, b]].dropna()
        associations.append({"a": a, "b": b, "measure": "cramers_v", "value": cramer(both[a], both[b]),
                             "rows": len(both)})
for a in numbers:
    for b in categories:
        both = birds[[a, b]].dropna()
        associations.append({"a": a, "b": b, "measure": "correlation_ratio", "value": eta(both[b], both[a]),
                             "rows": len(both)})

json.dump({
    "versions": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "pandas": pd.__version__,
                 "numpy": np.__version__, "python": sys.version.split()[0]},
    "ward": ward,
    "hdbscan": hdbscan,
    "associations": associations,
}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
