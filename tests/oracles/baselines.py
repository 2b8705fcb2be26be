"""Numbers of scikit-learn for tests/it/baselines.rs.

Usage: python baselines.py FOLDER_OF_REAL_DATA > baselines.json

Points are made as the tests make them: doubles, then float32 (what the crate computes on), then doubles again for
scikit-learn, which would otherwise compute in single precision.

- `z`: columns minus mean over standard deviation (dividing by n).
- `eighths`: penguins' measurements over 8, 4, 16 and 1024, digits over 16: near z-scores, but exact in every program.
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import sklearn
from sklearn import metrics
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans, MiniBatchKMeans

data = sys.argv[1]


def single(x):
    return np.asarray(x, dtype=np.float64).astype(np.float32).astype(np.float64)


def z(x):
    x = np.asarray(x, dtype=np.float64)
    return single((x - x.mean(axis=0)) / x.std(axis=0))


wholesale = pd.read_csv(f"{data}/customers/wholesale_customers.csv")
penguins = pd.read_csv(f"{data}/labelled/penguins.csv")
measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
penguins = penguins.dropna(subset=measures)
digits = pd.read_csv(f"{data}/labelled/digits.csv.gz")
letter = pd.read_csv(f"{data}/labelled/letter.csv.gz")

points = {
    "wholesale": z(np.log1p(wholesale.iloc[:, 2:].to_numpy(np.float64))),
    "penguins": z(penguins[measures]),
    "penguins_eighths": single(penguins[measures].to_numpy(np.float64) / [8, 4, 16, 1024]),
    "digits": single(digits.iloc[:, :64].to_numpy(np.float64) / 16),
    "letter": z(letter.iloc[:, 1:]),
}

# Inertia: the best of ten starts for three seeds.
inertia = []
for name, k in [("wholesale", 2), ("wholesale", 6), ("penguins", 3), ("penguins", 8), ("digits", 10), ("digits", 30),
                ("letter", 26), ("letter", 30)]:
    found = [KMeans(k, n_init=10, random_state=s).fit(points[name]).inertia_ for s in range(3)]
    mini = [MiniBatchKMeans(k, n_init=3, random_state=s).fit(points[name]).inertia_ for s in range(3)]
    inertia.append({"points": name, "n_clusters": k, "inertia": min(found), "all_seeds": found, "minibatch": mini})


def codes(column):
    return pd.factorize(column)[0]


i = np.arange(len(penguins))
species = codes(penguins["species"])
groupings = {
    "penguins_eighths": {
        "species": species,
        "island": codes(penguins["island"]),
        "row mod 7": i % 7,
        "five alone": np.where(i < 5, 10 + i, species),
    },
    "digits": {"digit": digits["target"].to_numpy() if "target" in digits else digits.iloc[:, 64].to_numpy()},
}
quality = []
for name, labelings in groupings.items():
    for label, labels in labelings.items():
        x = points[name]
        quality.append({
            "points": name,
            "labels": label,
            "silhouette": metrics.silhouette_score(x, labels),
            "silhouette_manhattan": metrics.silhouette_score(x, labels, metric="manhattan"),
            "davies_bouldin": metrics.davies_bouldin_score(x, labels),
            "calinski_harabasz": metrics.calinski_harabasz_score(x, labels),
        })

# Agreement: label pairs of real columns, and small random ones that are kept here.
agreement = []


def agree(name, a, b, keep):
    agreement.append({
        "name": name,
        **({"a": [int(x) for x in a], "b": [int(x) for x in b]} if keep else {}),
        "ari": metrics.adjusted_rand_score(a, b),
        "ami": metrics.adjusted_mutual_info_score(a, b),
        "nmi": metrics.normalized_mutual_info_score(a, b),
    })


warnings.simplefilter("ignore")
agree("wholesale Channel, Region", wholesale["Channel"], wholesale["Region"], False)
agree("penguins species, island", species, codes(penguins["island"]), False)
agree("letter lettr, x.box", codes(letter["lettr"]), letter["x.box"], False)
agree("letter lettr, row mod 30", codes(letter["lettr"]), np.arange(len(letter)) % 30, False)
# Hundreds of groups: pairs of two columns.
many = codes(letter["x.box"] * 100 + letter["y.box"])
other = codes(letter["width"] * 100 + letter["onpix"])
agree("letter x.box and y.box, width and onpix", many, other, False)
random = np.random.default_rng(1)
for n, ka, kb in [(2, 2, 2), (10, 3, 4), (30, 30, 2), (60, 5, 5), (120, 12, 40)]:
    agree(f"random {n}", random.integers(ka, size=n), random.integers(kb, size=n), True)
a = random.integers(4, size=40)
agree("related", a, np.where(random.random(40) < 0.3, random.integers(4, size=40), a), True)
agree("refined", a, a * 2 + random.integers(2, size=40), True)
agree("equal", a, 3 - a, True)
agree("one group each", [0] * 6, [1] * 6, True)
agree("one group, two groups", [0] * 6, [0, 0, 0, 1, 1, 1], True)
agree("alone, alone", range(6), range(6), True)
agree("alone, two groups", range(6), [0, 0, 0, 1, 1, 1], True)
agree("alone, one group", range(6), [0] * 6, True)

# Whole divisions, as text of labels.
divisions = []
for name, k in [("penguins", 3), ("penguins", 6), ("wholesale", 2), ("wholesale", 5), ("digits", 10)]:
    fit = AgglomerativeClustering(k, linkage="ward").fit(points[name])
    divisions.append({"method": "ward", "points": name, "n_clusters": k, "labels": [int(x) for x in fit.labels_]})
for name, eps, m in [("penguins", 0.6, 5), ("wholesale", 1.2, 5), ("digits", 1.4, 8)]:
    fit = DBSCAN(eps=eps, min_samples=m).fit(points[name])
    divisions.append({"method": "dbscan", "points": name, "eps": eps, "min_samples": m,
                      "labels": [int(x) for x in fit.labels_]})

json.dump({
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__,
                 "pandas": pd.__version__, "python": sys.version.split()[0]},
    "inertia": inertia,
    "quality": quality,
    "agreement": agreement,
    "divisions": divisions,
}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
