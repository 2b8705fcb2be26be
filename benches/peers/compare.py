#!/usr/bin/env python3
"""kinfolk and its peers in turn on the same work, as Markdown tables of medians, ratios and quality.

    python3 -m venv peers && peers/bin/pip install -r benches/peers/requirements.txt
    peers/bin/python benches/peers/compare.py --size 100000 > result.md

Where a peer does not install, leave it out: its rows are skipped. Needs no data: customers are drawn with a fixed seed
(clusters, skewed; logged and standardized for the stages, raw in the CSV file for the whole road). The programs are
built by cargo unless --programs names the folder they are in.
Every round runs each side once, so that a busy machine hurts both; only ratios within one run count.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--size", type=int, default=100_000, help="customers for neighbors, communities and the whole road")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--only", default="", help="sections, by comma: neighbors wide approximate communities betweenness kmeans read gexf road")
parser.add_argument("--programs", help="folder with kinfolk and examples/stages, such as target/release")
parser.add_argument("--slow-peers", action="store_true", help="above 200,000 customers also those that take many minutes")
options = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = str(options.threads)

import numpy as np  # noqa: E402  (after the number of threads is set)

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(tempfile.mkdtemp(prefix="kinfolk-peers-"))
K = 15


def optional(name):
    try:
        return __import__(name)
    except ImportError:
        print(f"{name} is not installed: skipped", file=sys.stderr)
        return None


def programs():
    if options.programs:
        return pathlib.Path(options.programs)
    subprocess.run(["cargo", "build", "--release", "--bin", "kinfolk", "--example", "stages"], cwd=ROOT, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def stage(*args, threads=None):
    """One stage of kinfolk; what it prints."""
    env = dict(os.environ, RAYON_NUM_THREADS=str(threads or options.threads))
    command = [str(PROGRAMS / "examples" / "stages"), *map(str, args)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout)


def timed(work):
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def section(title, contestants, rounds=None):
    """Runs the contestants in turn and prints the table. Each is (name, function that returns seconds and quality)."""
    rounds = rounds or options.rounds
    seconds, quality, failed = {}, {}, {}
    for _ in range(rounds):
        for name, run in contestants:
            if name in failed:
                continue
            try:
                took, found = run()
            except Exception as error:  # a peer that fails is a row that says so
                said = (getattr(error, "stderr", None) or f"{type(error).__name__}: {error}").strip()
                failed[name] = said.split("\n")[-1][:120]
                print(f"{title}: {name} failed\n{said}", file=sys.stderr)
                continue
            seconds.setdefault(name, []).append(took)
            quality[name] = found
            print(f"{title}: {name} {took:.2f} s {found}", file=sys.stderr, flush=True)
    ours = contestants[0][0]
    base = statistics.median(seconds[ours]) if ours in seconds else float("nan")
    print(f"\n### {title}\n\n| | seconds (median of {rounds}) | spread | times kinfolk's | quality |\n|---|---|---|---|---|")
    for name, _ in contestants:
        if name in seconds:
            times = seconds[name]
            median = statistics.median(times)
            print(f"| {name} | {median:.2f} | {min(times):.2f} to {max(times):.2f} | {median / base:.2f} | {quality[name]} |")
        else:
            print(f"| {name} | | | | failed: {failed.get(name)} |")
    sys.stdout.flush()


# ---------------------------------------------------------------- data

def raw(n, d, groups, seed):
    """Amounts, counts and the like: log-normal around the center of a group of customers."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(0, 1.0, (groups, d))
    spreads = rng.uniform(0.35, 0.7, (groups, 1))
    group = rng.choice(groups, n, p=rng.dirichlet(np.full(groups, 3.0)))
    values = centers[group] + rng.normal(0, 1, (n, d)) * spreads[group]
    return np.exp(values) * rng.uniform(1, 500, d)


def logged(values):
    x = np.log1p(values)
    return np.ascontiguousarray((x - x.mean(0)) / x.std(0), dtype=np.float32)


def points_file(n, d, groups, seed):
    path = WORK / f"points-{n}-{d}.f32"
    if not path.exists():
        logged(raw(n, d, groups, seed)).tofile(path)
    return path, np.fromfile(path, dtype=np.float32).reshape(n, d)


def graph_file(n, d, groups, seed):
    """kinfolk's Jaccard graph of the 15 nearest; every peer divides the same."""
    path = WORK / f"edges-{n}-{d}.bin"
    if not path.exists():
        stage("graph", points_file(n, d, groups, seed)[0], n, d, K, path)
    edges = np.fromfile(path, dtype=np.dtype([("a", "<u4"), ("b", "<u4"), ("w", "<f4")]))
    return path, edges


def recall(found, exact):
    """Share of the true neighbors found, on a sample; ties count as found where the distance is right."""
    return sum(len(np.intersect1d(a, b)) for a, b in zip(found, exact)) / exact.size


# ---------------------------------------------------------------- sections

def neighbors():
    n, d = options.size, 8
    path, points = points_file(n, d, 40, 7)
    out = WORK / "neighbors.u32"
    sample = np.random.default_rng(1).choice(n, min(n, 500), replace=False)
    from scipy.spatial import cKDTree
    tree = cKDTree(points.astype(np.float64))
    exact = tree.query(points[sample].astype(np.float64), K + 1)[1]
    exact = np.array([[j for j in row if j != i][:K] for i, row in zip(sample, exact)])
    del tree

    def of_file(*args, **more):
        took = stage(*args, **more)["seconds"]
        return took, f"recall {recall(np.fromfile(out, dtype='<u4').reshape(n, K)[sample], exact):.4f}"

    def scipy_tree():
        x = points.astype(np.float64)
        took, found = timed(lambda: cKDTree(x).query(x, K + 1, workers=options.threads)[1])
        return took, f"recall {recall(found[sample], exact):.4f}"

    contestants = [
        ("kinfolk", lambda: of_file("neighbors", path, n, d, K, out)),
        ("kinfolk, one thread", lambda: of_file("neighbors", path, n, d, K, out, threads=1)),
        ("kiddo, plain queries in file order", lambda: of_file("kiddo", path, n, d, K, out)),
        (f"scipy cKDTree(workers={options.threads})", scipy_tree),
    ]
    hnswlib = optional("hnswlib")
    if hnswlib:
        contestants.append(("hnswlib M 16, ef 100 / 40 (approximate)", lambda: hnsw(hnswlib, points, sample, exact)))
    section(f"Neighbors: {K} nearest of {n:,} × {d}, exact", contestants)


def hnsw(hnswlib, points, sample, exact, ef=40):
    k = exact.shape[1]

    def run():
        index = hnswlib.Index(space="l2", dim=points.shape[1])
        index.init_index(max_elements=len(points), M=16, ef_construction=100, random_seed=1)
        index.set_num_threads(options.threads)
        index.add_items(points)
        index.set_ef(ef)
        return index.knn_query(points, k=k + 1)[0]

    took, found = timed(run)
    return took, f"recall {recall(found[sample], exact):.4f}"


def wide():
    faiss, hnswlib = optional("faiss"), optional("hnswlib")
    for n, d in [(20_000, 64), (10_000, 784)]:
        path, points = points_file(n, d, 40, 8)
        out = WORK / "wide.u32"
        sample = np.random.default_rng(1).choice(n, 500, replace=False)
        x = points.astype(np.float64)
        squares = (x * x).sum(1)
        distances = squares[sample, None] + squares[None] - 2 * x[sample] @ x.T
        distances[np.arange(len(sample)), sample] = np.inf
        exact = np.argpartition(distances, K, axis=1)[:, :K]

        def ours():
            took = stage("neighbors", path, n, d, K, out)["seconds"]
            return took, f"recall {recall(np.fromfile(out, dtype='<u4').reshape(n, K)[sample], exact):.4f}"

        def flat():
            def run():
                index = faiss.IndexFlatL2(d)
                index.add(points)
                return index.search(points, K + 1)[1]
            faiss.omp_set_num_threads(options.threads)
            took, found = timed(run)
            return took, f"recall {recall(found[sample], exact):.4f}"

        contestants = [("kinfolk", ours)]
        if faiss:
            contestants.append(("faiss IndexFlatL2", flat))
        if hnswlib:
            contestants.append(("hnswlib M 16, ef 100 / 40 (approximate)", lambda: hnsw(hnswlib, points, sample, exact)))
        section(f"Neighbors: {K} nearest of {n:,} × {d}, exact", contestants)


def approximate():
    """Many customers in many coordinates: nearly all of the 29 neighbors that samples are drawn from."""
    faiss, hnswlib = optional("faiss"), optional("hnswlib")
    n, d, k = options.size, 64, 29
    path, points = points_file(n, d, 40, 8)
    out = WORK / "approximate.u32"
    sample = np.random.default_rng(1).choice(n, 500, replace=False)
    squares = (points * points).sum(1)
    distances = squares[sample, None] + squares[None] - 2 * points[sample] @ points.T
    distances[np.arange(len(sample)), sample] = np.inf
    exact = np.argpartition(distances, k, axis=1)[:, :k]
    del distances

    def ours(search):
        took = stage("neighbors", path, n, d, k, out, search)["seconds"]
        return took, f"recall {recall(np.fromfile(out, dtype='<u4').reshape(n, k)[sample], exact):.4f}"

    def by_faiss(index):
        def run():
            index.add(points)
            return index.search(points, k + 1)[1]
        faiss.omp_set_num_threads(options.threads)
        took, found = timed(run)
        return took, f"recall {recall(found[sample], exact):.4f}"

    def graph_of_faiss():
        index = faiss.IndexHNSWFlat(d, 16)
        index.hnsw.efConstruction, index.hnsw.efSearch = 100, 40
        return by_faiss(index)

    contestants = [("kinfolk approximate", lambda: ours("approximate")), ("kinfolk exact", lambda: ours("exact"))]
    if hnswlib:
        for ef in (40, 160):
            contestants.append((f"hnswlib M 16, ef 100 / {ef}", lambda ef=ef: hnsw(hnswlib, points, sample, exact, ef)))
    if faiss:
        contestants.append(("faiss IndexHNSWFlat M 16, ef 100 / 40", graph_of_faiss))
        if n <= 200_000 or options.slow_peers:
            contestants.append(("faiss IndexFlatL2 (exact)", lambda: by_faiss(faiss.IndexFlatL2(d))))
    section(f"Neighbors: {k} nearest of {n:,} × {d}, nearly all", contestants)


def communities():
    n = options.size
    path, edges = graph_file(n, 8, 40, 7)
    out = WORK / "labels.u32"
    weights = edges["w"].astype(np.float64)
    ends = np.column_stack([edges["a"], edges["b"]]).astype(np.int64)
    strength = np.bincount(ends.ravel(), np.repeat(weights, 2), n)

    def q(labels):
        """Modularity by one formula for all."""
        labels = np.asarray(labels)
        inside = weights[labels[ends[:, 0]] == labels[ends[:, 1]]].sum()
        total = weights.sum()
        return inside / total - ((np.bincount(labels, strength) / (2 * total)) ** 2).sum()

    def told(labels):
        return f"Q {q(labels):.4f}, {len(np.unique(labels))} groups"

    def ours(method, threads=None):
        took = stage(method, path, n, out, threads=threads)["seconds"]
        return took, told(np.fromfile(out, dtype="<u4"))

    contestants = [
        ("kinfolk louvain", lambda: ours("louvain")),
        ("kinfolk louvain, one thread", lambda: ours("louvain", 1)),
        ("kinfolk leiden", lambda: ours("leiden")),
    ]
    igraph = optional("igraph")
    if igraph:
        graph = igraph.Graph(n=n, edges=ends)

        def multilevel():
            took, found = timed(lambda: graph.community_multilevel(weights=weights))
            return took, told(found.membership)

        def leiden():
            took, found = timed(lambda: graph.community_leiden("modularity", weights=weights, n_iterations=2))
            return took, told(found.membership)

        contestants += [("igraph community_multilevel", multilevel), ("igraph community_leiden, 2 iterations", leiden)]
    networkit = optional("networkit")
    if networkit:
        networkit.setNumberOfThreads(options.threads)
        kit = networkit.GraphFromCoo((weights, (ends[:, 0], ends[:, 1])), n=n, weighted=True, directed=False)

        def by(algorithm):
            networkit.engineering.setSeed(1, False)
            took, done = timed(lambda: algorithm().run())
            return took, told(done.getPartition().getVector())

        community = networkit.community
        contestants += [
            ("NetworKit PLM", lambda: by(lambda: community.PLM(kit, refine=False))),
            ("NetworKit PLM, refine", lambda: by(lambda: community.PLM(kit, refine=True))),
            ("NetworKit ParallelLeiden", lambda: by(lambda: community.ParallelLeiden(kit))),
        ]
    section(f"Communities: Jaccard graph of {n:,} customers, {len(edges):,} edges", contestants)


def betweenness():
    n = 20_000
    path, edges = graph_file(n, 8, 12, 9)
    out = WORK / "betweenness.f64"
    ends = np.column_stack([edges["a"], edges["b"]]).astype(np.int64)
    stage("betweenness", path, n, out)
    exact = np.fromfile(out, dtype="<f8")
    sources = 1100

    def told(values):
        values = np.asarray(values)
        top = set(np.argsort(-exact)[:100]) & set(np.argsort(-values)[:100])
        return f"correlation with exact {np.corrcoef(values, exact)[0, 1]:.4f}, {len(top)} of the top 100"

    def ours(*more):
        took = stage("betweenness", path, n, out, *more)["seconds"]
        return took, told(np.fromfile(out, dtype="<f8"))

    full, part = [("kinfolk", ours)], [(f"kinfolk, {sources} sources", lambda: ours(sources))]
    igraph, networkit = optional("igraph"), optional("networkit")
    if igraph:
        graph = igraph.Graph(n=n, edges=ends)

        def by_igraph():
            took, values = timed(lambda: graph.betweenness(directed=False))
            return took, told(values)

        full.append(("igraph betweenness", by_igraph))
    if networkit:
        networkit.setNumberOfThreads(options.threads)
        kit = networkit.GraphFromCoo((ends[:, 0], ends[:, 1]), n=n, weighted=False, directed=False)

        def by_kit(algorithm):
            took, done = timed(lambda: algorithm().run())
            return took, told(done.scores())

        central = networkit.centrality
        full.append(("NetworKit Betweenness", lambda: by_kit(lambda: central.Betweenness(kit))))
        estimate = lambda: central.EstimateBetweenness(kit, sources, normalized=False, parallel=True)  # noqa: E731
        part.append((f"NetworKit EstimateBetweenness, {sources} sources", lambda: by_kit(estimate)))
    section(f"Betweenness of all {n:,} customers, exact, {len(edges):,} edges", full, rounds=1)
    section(f"Betweenness of {n:,} customers, sampled", part)


def kmeans():
    n, d, k = 100_000, 8, 12
    path, points = points_file(n, d, 40, 7)
    from sklearn.cluster import KMeans

    def ours():
        found = stage("kmeans", path, n, d, k)
        return found["seconds"], f"inertia {found['inertia']:.1f}"

    def theirs():
        took, found = timed(lambda: KMeans(k, n_init=10, random_state=42).fit(points))
        return took, f"inertia {found.inertia_:.1f}"

    section(f"k-means: {n:,} × {d}, k = {k}, n_init = 10, to convergence", [("kinfolk", ours), ("scikit-learn KMeans", theirs)])


def table_file(n):
    path = WORK / f"customers-{n}.csv"
    if not path.exists():
        import pandas as pd
        values = pd.DataFrame(np.round(raw(n, 8, 40, 7), 4), columns=[f"amount_{c}" for c in "abcdefgh"])
        values.insert(0, "customer_id", [f"C{i:07d}" for i in range(n)])
        values.to_csv(path, index=False)
    return path


def read():
    import pandas as pd
    path = table_file(options.size)
    size = f"{path.stat().st_size / 1e6:.0f} MB"
    contestants = [("kinfolk", lambda: (stage("read", path)["seconds"], "types, ids and every guess reported"))]
    contestants.append(("pandas read_csv", lambda: (timed(lambda: pd.read_csv(path))[0], "")))
    if optional("pyarrow"):
        contestants.append(("pandas read_csv, pyarrow engine", lambda: (timed(lambda: pd.read_csv(path, engine="pyarrow"))[0], "")))
    section(f"Reading a CSV of {options.size:,} customers × 9 columns ({size})", contestants)


def gexf():
    n = min(options.size, 100_000)
    path, edges = graph_file(n, 8, 40, 7)
    out = WORK / "network.gexf"

    def ours():
        return stage("gexf", path, n, out)["seconds"], f"{out.stat().st_size / 1e6:.0f} MB"

    contestants = [("kinfolk", ours)]
    networkx = optional("networkx")
    if networkx:
        graph = networkx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_weighted_edges_from(zip(edges["a"].tolist(), edges["b"].tolist(), edges["w"].astype(float).tolist()))

        def theirs():
            took, _ = timed(lambda: networkx.write_gexf(graph, out))
            return took, f"{out.stat().st_size / 1e6:.0f} MB"

        contestants.append(("networkx write_gexf", theirs))
    section(f"Writing a Gephi file of {n:,} nodes and {len(edges):,} edges", contestants, rounds=min(options.rounds, 2))


ANALYST = '''
import sys, numpy as np, pandas as pd, igraph, networkx
from scipy.spatial import cKDTree
from scipy import sparse
source, out, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
table = pd.read_csv(source)
x = np.log1p(table.iloc[:, 1:].to_numpy())
x = (x - x.mean(0)) / x.std(0)
n, k = len(x), 15
near = cKDTree(x).query(x, k + 1, workers=threads)[1][:, 1:]
rows = np.repeat(np.arange(n), k)
a = sparse.csr_matrix((np.ones(n * k), (rows, near.ravel())), (n, n))
linked = sparse.triu(((a + a.T) > 0), 1).tocoo()
own = a + sparse.eye(n, format="csr")
shared = np.asarray(own[linked.row].multiply(own[linked.col]).sum(1)).ravel()
weight = shared / (2 * (k + 1) - shared)
ends = np.column_stack([linked.row, linked.col])[weight > 0]
weight = weight[weight > 0]
found = igraph.Graph(n=n, edges=ends).community_multilevel(weights=weight)
table["segment"] = np.array(found.membership) + 1
table.to_csv(f"{out}/customers.csv", index=False)
table.groupby("segment").mean(numeric_only=True).to_csv(f"{out}/profiles.csv")
graph = networkx.Graph()
for row in table.itertuples(index=False):
    graph.add_node(row[0], **dict(zip(table.columns[1:], row[1:])))
ids = table["customer_id"].to_numpy()
graph.add_weighted_edges_from(zip(ids[ends[:, 0]], ids[ends[:, 1]], weight.tolist()))
networkx.write_gexf(graph, f"{out}/network.gexf")
print(f"Q {found.modularity:.4f}, {len(found)} groups")
'''

SCANPY = '''
import sys, numpy as np, pandas as pd, scanpy as sc, time
table = pd.read_csv(sys.argv[1])
x = np.log1p(table.iloc[:, 1:].to_numpy())
data = sc.AnnData(((x - x.mean(0)) / x.std(0)).astype(np.float32))
begun = time.perf_counter()
sc.pp.neighbors(data, n_neighbors=15, use_rep="X")
sc.tl.leiden(data, flavor="igraph", n_iterations=2, directed=False)
print(f"{time.perf_counter() - begun} {data.obs['leiden'].nunique()}")
'''


def road():
    n = options.size
    source = table_file(n)

    def ours(threads=None):
        out = WORK / "out"
        shutil.rmtree(out, ignore_errors=True)
        command = [str(PROGRAMS / "kinfolk"), "segment", str(source), "-o", str(out), "--resolution", "1", "--layout", "pca", "-q",
                   "--threads", str(threads or options.threads)]
        took, _ = timed(lambda: subprocess.run(command, check=True))
        run, summary = json.loads((out / "run.json").read_text()), json.loads((out / "summary.json").read_text())
        ours.stages = run["stages"]
        memory = run["peak_memory_bytes"]
        said = f", {memory / n:.0f} bytes per customer" if memory else ""
        return took, f"Q {summary['modularity']:.4f}, {len(summary['segments'])} groups{said}"

    def analyst():
        script, out = WORK / "analyst.py", WORK / "analyst"
        script.write_text(ANALYST)
        out.mkdir(exist_ok=True)
        command = [sys.executable, str(script), str(source), str(out), str(options.threads)]
        took, done = timed(lambda: subprocess.run(command, check=True, capture_output=True, text=True))
        return took, done.stdout.strip() + "; no stability, bridges, baseline or warnings"

    def scanpy():
        script = WORK / "scanpy_road.py"
        script.write_text(SCANPY)
        done = subprocess.run([sys.executable, str(script), str(source)], check=True, capture_output=True, text=True)
        seconds, groups = done.stdout.split()[-2:]
        return float(seconds), f"{groups} groups; these two stages alone"

    contestants = [("kinfolk segment", ours)]
    if n <= 200_000 or options.slow_peers:
        contestants.append(("pandas, scipy, igraph, networkx", analyst))
        try:
            import importlib.util
            if importlib.util.find_spec("scanpy"):
                contestants.append(("scanpy neighbors + leiden", scanpy))
            else:
                print("scanpy is not installed: skipped", file=sys.stderr)
        except ImportError:
            pass
    rounds = options.rounds if n <= 200_000 else 1
    section(f"CSV in, all files out: {n:,} × 8, resolution 1", contestants, rounds=min(rounds, 2))
    print(f"\n| stage of kinfolk segment, {n:,} customers | seconds | bytes per customer held at its end | most until then |")
    print("|---|---|---|---|")
    for s in ours.stages:
        held, most = ((f"{s[key] / n:.0f}" if s.get(key) else "") for key in ("memory_bytes", "peak_memory_bytes"))
        print(f"| {s['stage']} | {s['seconds']:.2f} | {held} | {most} |")
    sys.stdout.flush()


SECTIONS = [neighbors, wide, approximate, communities, betweenness, kmeans, read, gexf, road]


def machine():
    model = platform.processor() or platform.machine()
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = models[0] if models else model
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores, {options.threads} threads{load}"


PROGRAMS = programs()
try:
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}")
    wanted = {name for name in options.only.split(",") if name}
    for part in SECTIONS:
        if not wanted or part.__name__ in wanted:
            part()
finally:
    shutil.rmtree(WORK, ignore_errors=True)
