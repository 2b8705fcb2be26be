"""How well reference programs find the segments of datasets/shop_customers.csv again.

Run from the root of the repository; writes tests/oracles/generate.json.
"""

import json
import random

import igraph
import numpy as np
import pandas as pd
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

K = 15
data = pd.read_csv("datasets/shop_customers.csv", keep_default_na=False, na_values=[""])
truth = data.true_segment.astype("category").cat.codes.to_numpy()
names = list(data.true_segment.astype("category").cat.categories)

columns = ["recency_days", "frequency", "monetary", "average_basket", "discount_share", "online_share", "tenure_months"]
x = data[columns].fillna(data[columns].median())
for column in columns:
    if not column.endswith("share"):
        x[column] = np.log1p(x[column])
x = ((x - x.mean()) / x.std()).to_numpy()

near = NearestNeighbors(n_neighbors=K + 1).fit(x).kneighbors(x)[1][:, 1:]
sets = [set(row) for row in near]
weights = {}
for i, row in enumerate(sets):
    for j in row:
        weights[min(i, j), max(i, j)] = max(len(sets[i] & sets[j]) / len(sets[i] | sets[j]), 1e-3)
graph = igraph.Graph(len(x), list(weights))

leiden = {}
for resolution in [0.2, 0.3, 0.5, 1.0]:
    random.seed(1)
    found = graph.community_leiden(
        "modularity", weights=list(weights.values()), resolution=resolution, n_iterations=-1
    )
    leiden[resolution] = {
        "communities": len(found),
        "ari": round(adjusted_rand_score(truth, found.membership), 4),
    }
kmeans = KMeans(len(names), n_init=10, random_state=1).fit_predict(x)

inside, second = [], []
for i in data.index[data.bridge_between.notna()]:
    pair = [names.index(name) for name in data.bridge_between[i].split("|")]
    count = np.bincount(truth[near[i]], minlength=len(names))[pair]
    inside.append(count.sum() / K)
    second.append(count.min() / K)
ordinary = (truth[near] != truth[:, None])[data.bridge_between.isna()].mean()

result = {
    "versions": {
        "python-igraph": igraph.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "pandas": pd.__version__,
    },
    "leiden_knn15_jaccard": leiden,
    "kmeans_with_the_true_number": {"ari": round(adjusted_rand_score(truth, kmeans), 4)},
    "bridges": {
        "planted": len(inside),
        "share_of_neighbors_in_the_pair": round(float(np.mean(inside)), 4),
        "share_of_neighbors_in_the_second_of_the_pair": round(float(np.mean(second)), 4),
        "share_of_neighbors_elsewhere_of_ordinary_customers": round(float(ordinary), 4),
    },
}
with open("tests/oracles/generate.json", "w") as out:
    json.dump(result, out, indent=2)
    out.write("\n")
