#!/usr/bin/env python3
"""The Python package beside its peers, each in a process of its own: time, peak memory, agreement with the known groups.

    peers/bin/pip install -r benches/peers/requirements.txt ./python
    peers/bin/python benches/peers/python.py --size 100000 > result.md
    peers/bin/python benches/peers/python.py --overhead target/release/kinfolk

Customers are drawn with a fixed seed: skewed amounts in a known number of groups, as in compare.py. Every method gets the same
points, logged and standardized. Seconds are of the method alone, by the clock and of the processors; memory is the process's peak, imports
and data with it. `--overhead` compares `kinfolk.segment` on a file with the program, in processor seconds.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--size", type=int, default=100_000)
parser.add_argument("--groups", type=int, default=8)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=1)
parser.add_argument("--only", default="", help="methods, by comma")
parser.add_argument("--timeout", type=int, default=900, help="seconds after which a method is ended")
parser.add_argument("--overhead", metavar="PROGRAM", help="measure the package against this program, and nothing else")
options = parser.parse_args()

DRAW = """
import json, resource, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
n, groups, threads = map(int, sys.argv[1:4])
rng = np.random.default_rng(7)
centers = rng.normal(0, 1.0, (groups, 8))
spreads = rng.uniform(0.35, 0.7, (groups, 1))
truth = rng.choice(groups, n, p=rng.dirichlet(np.full(groups, 3.0)))
x = np.log(np.exp(centers[truth] + rng.normal(0, 1, (n, 8)) * spreads[truth]) * rng.uniform(1, 500, 8))
x = (x - x.mean(0)) / x.std(0)
"""
TELL = """
begun, used = time.perf_counter(), time.process_time()
labels = work()
took = time.perf_counter() - begun, time.process_time() - used
from sklearn.metrics import adjusted_rand_score
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([*took, peak, len(set(labels) - {-1}), float(np.mean(np.asarray(labels) == -1)), adjusted_rand_score(truth, labels)]))
"""
METHODS = {
    "kinfolk GraphSegmenter": """
import kinfolk
work = lambda: kinfolk.GraphSegmenter(threads=threads).fit_predict(x)
""",
    "kinfolk GraphSegmenter, resolution 0.2": """
import kinfolk
work = lambda: kinfolk.GraphSegmenter(resolution=0.2, threads=threads).fit_predict(x)
""",
    "scikit-learn KMeans, 2 to 12, best silhouette of 10,000": """
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
def work():
    tried = {k: KMeans(k, n_init=10, random_state=0).fit_predict(x) for k in range(2, 13)}
    return max(tried.values(), key=lambda labels: silhouette_score(x, labels, sample_size=10_000, random_state=0))
""",
    "scikit-learn KMeans, told the number": """
from sklearn.cluster import KMeans
work = lambda: KMeans(groups, n_init=10, random_state=0).fit_predict(x)
""",
    "scikit-learn HDBSCAN, min_cluster_size 100, min_samples 5": """
from sklearn.cluster import HDBSCAN
work = lambda: HDBSCAN(min_cluster_size=100, min_samples=5, n_jobs=threads, copy=True).fit_predict(x)
""",
    "scanpy neighbors + leiden": """
import scanpy as sc
data = sc.AnnData(x.astype(np.float32))
def work():
    sc.pp.neighbors(data, n_neighbors=15, use_rep="X")
    sc.tl.leiden(data, flavor="igraph", n_iterations=2, directed=False)
    return data.obs["leiden"].astype(int).to_numpy()
""",
}
OURS = "import kinfolk, resource, sys\nkinfolk.segment(sys.argv[1], threads=int(sys.argv[2]), resolution=1, output=sys.argv[3])"


def environment():
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
    return os.environ | dict.fromkeys(names, str(options.threads))


def peers():
    print("| | seconds by the clock | processor seconds | peak memory, MB | groups | in none | adjusted Rand with the truth |")
    print("|---|---|---|---|---|---|---|")
    for name, code in METHODS.items():
        if options.only and not any(word in name for word in options.only.split(",")):
            continue
        command = [sys.executable, "-c", DRAW + code + TELL, *map(str, (options.size, options.groups, options.threads))]
        told = []
        for _ in range(options.rounds):
            try:
                done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=options.timeout)
            except subprocess.TimeoutExpired:
                print(f"| {name} | above {options.timeout}, ended | | | | | |", flush=True)
                break
            if done.returncode:
                print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                break
            told.append(json.loads(done.stdout.splitlines()[-1]))
        if told:
            clock, used, peak, groups, none, rand = (statistics.median(column) for column in zip(*told))
            print(f"| {name} | {clock:.1f} | {used:.1f} | {peak:,.0f} | {groups:.0f} | {none:.0%} | {rand:.3f} |", flush=True)


def processor_seconds(command):
    """Of a command and all it starts, from the kernel's account of it."""
    before = os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def overhead():
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder, "customers.csv")
        draw = DRAW + "import pathlib\nnp.savetxt(sys.argv[4], np.exp(x), fmt='%.4f', delimiter=',', header=','.join('abcdefgh'), comments='')"
        subprocess.run([sys.executable, "-c", draw, str(options.size), str(options.groups), "2", str(table)], check=True)
        program, package, imports = [], [], []
        threads, out = str(options.threads), pathlib.Path(folder, "out")
        for i in range(options.rounds):
            program.append(processor_seconds([options.overhead, "segment", table, "--threads", threads, "--resolution", "1", "-q", "-o", f"{out}p{i}"]))
            package.append(processor_seconds([sys.executable, "-W", "ignore", "-c", OURS, table, threads, f"{out}k{i}"]))
            imports.append(processor_seconds([sys.executable, "-c", "import kinfolk"]))
        a, b, c = map(statistics.median, (program, package, imports))
        print(f"program {a:.2f}, package {b:.2f} of which import and Python {c:.2f} processor seconds: {(b - c) / a - 1:+.1%}")


overhead() if options.overhead else peers()
