"""How many planted bridge customers stand among the first by bridge score, and with how many the pair is right.

    cargo build --release
    python benches/bridges.py [--seeds 20] [--jobs 2] [--program target/release/kinfolk]

Needs numpy. 20,000 customers, 50 of them planted between two segments; counted are those of the 50 among the first 100,
with the segments that the program itself finds at its own choice of scale. A true segment is taken for the found one
that most of its members are in. Prints a Markdown table: mean over the seeds, in brackets with the right pair.

Two generators:
- `kinfolk generate --separation 8`, 8 segments in six hidden measures; the category columns are left out, because at that
  distance a channel within a segment is a segment of its own;
- a mixture of 7 Gaussian segments of unequal size (1/2 : 1/3 : ...) and width (0.7 to 1.3) in 7 dimensions, centers at
  least 7 apart; the planted lie between six pairs that have no third center near their middle, where both are equally
  likely, scattered by 0.5.
Noise: 10 further columns of normal noise, as wide as the others.
"""

import argparse
import csv
import subprocess
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

CUSTOMERS, PLANTED, FIRST = 20_000, 50, 100


def generated(program, path, seed, noise):
    subprocess.run(
        [program, "generate", "--customers", str(CUSTOMERS), "--segments", "8", "--bridges", str(PLANTED),
         "--separation", "8", "--missing", "0", "--noise-columns", str(noise), "--seed", str(seed), "-o", path],
        check=True, stderr=subprocess.DEVNULL)
    return "bridge_between,channel,region,newsletter"


def mixture(path, seed, noise, segments=7, dimensions=7, apart=7.0):
    random = np.random.default_rng(seed)
    while True:
        centers = random.normal(size=(segments, dimensions)) * apart * 0.55
        distance = np.linalg.norm(centers[:, None] - centers[None], axis=2)
        if distance[np.triu_indices(segments, 1)].min() > apart:
            break
    width = random.uniform(0.7, 1.3, size=segments)
    share = 1 / (np.arange(segments) + 2.0)
    label = random.choice(segments, size=CUSTOMERS - PLANTED, p=share / share.sum())
    points = centers[label] + width[label][:, None] * random.normal(size=(len(label), dimensions))
    pairs = []
    for a in range(segments):
        for b in range(a):
            middle = (centers[a] + centers[b]) / 2
            others = [np.linalg.norm(middle - centers[c]) for c in range(segments) if c not in (a, b)]
            if min(others) > distance[a, b] / 2 + 0.5:
                pairs.append((distance[a, b], b, a))
    pairs = [(a, b) for _, a, b in sorted(pairs)[:6]]
    planted, between = [], []
    for i in range(PLANTED):
        a, b = pairs[i % len(pairs)]
        way = width[a] / (width[a] + width[b]) + random.uniform(-0.05, 0.05)
        planted.append(centers[a] * (1 - way) + centers[b] * way + 0.5 * random.normal(size=dimensions))
        between.append((a, b))
    points = np.vstack([points, planted])
    truth = [f"s{s}" for s in label] + [f"s{a}" for a, _ in between]
    bridge = [""] * len(label) + [f"s{a}|s{b}" for a, b in between]
    if noise:
        points = np.hstack([points, random.normal(size=(CUSTOMERS, noise)) * points.std(0).mean()])
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", *(f"f{j}" for j in range(points.shape[1])), "true_segment", "bridge_between"])
        for row, i in enumerate(random.permutation(CUSTOMERS)):
            out.writerow([f"C{10_000 + row}", *(f"{x:.4f}" for x in points[i]), truth[i], bridge[i]])
    return "bridge_between"


def count(program, generator, seed, noise):
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "customers.csv", Path(folder) / "out"
        if generator == "generate":
            ignore = generated(program, table, seed, noise)
        else:
            ignore = mixture(table, seed, noise)
        subprocess.run(
            [program, "segment", table, "--truth", "true_segment", "--ignore", ignore, "--baselines", "none",
             "--layout", "pca", "--threads", "1", "-q", "-o", out], check=True)
        rows = list(csv.DictReader(open(table)))
        found = list(csv.DictReader(open(out / "customers.csv")))
    members = {}
    for row, customer in zip(rows, found):
        members.setdefault(row["true_segment"], Counter())[customer["segment"]] += 1
    stands_for = {truth: counts.most_common(1)[0][0] for truth, counts in members.items()}
    order = sorted(range(len(found)), key=lambda i: (-float(found[i]["bridge_score"]), found[i]["customer_id"]))
    hits = [i for i in order[:FIRST] if rows[i]["bridge_between"]]
    right = [i for i in hits
             if {stands_for[s] for s in rows[i]["bridge_between"].split("|")}
             == {found[i]["bridge_from"], found[i]["bridge_to"]}]
    return len(hits), len(right), len(set(stands_for.values()))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--program", default="target/release/kinfolk")
    settings = arguments.parse_args()
    program = str(Path(settings.program).resolve())
    print("| customers | planted in the first 100, of 50 | right pair | worst seed |\n|---|---|---|---|", flush=True)
    for generator in ("generate", "mixture"):
        for noise in (0, 10):
            with ThreadPoolExecutor(settings.jobs) as pool:
                seeds = range(settings.seeds)
                results = list(pool.map(lambda seed: count(program, generator, seed, noise), seeds))
            hits, right, _ = np.mean(results, axis=0)
            what = f"{generator}, {'10 columns of noise' if noise else 'clean'}"
            print(f"| {what} | {hits:.1f} | {right:.1f} | {min(r[0] for r in results)} |", flush=True)


if __name__ == "__main__":
    main()
