"""New customers into a model, beside scikit-learn's KNeighborsClassifier on the same table.

    python benches/peers/assign.py target/release/kinfolk [CUSTOMERS [NEW]]

makes a table of 100,000 customers of 8 features and another of 300,000, segments the first, and assigns the second: by `kinfolk assign`, reading and
writing CSV included, and by the classifier in memory, its features standardized, 15 neighbors, two jobs. Processor seconds of both.
"""

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from tables import COLUMNS, write


def read(path, columns):
    with open(path, newline="") as file:
        rows = csv.DictReader(file)
        return [[row[c] for c in columns] for row in rows]


def seconds(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main():
    program = os.path.abspath(sys.argv[1])
    customers = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    new = int(sys.argv[3]) if len(sys.argv) > 3 else 300_000
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write("old.csv", customers, 1)
        write("new.csv", new, 2)
        subprocess.run([program, "segment", "old.csv", "-o", "s", "-q", "--baselines", "none"], check=True)
        before, begun = seconds(resource.RUSAGE_CHILDREN), time.time()
        subprocess.run([program, "assign", "s", "new.csv", "-q", "--threads", "2"], check=True)
        ours = seconds(resource.RUSAGE_CHILDREN) - before
        print(f"kinfolk assign: {ours:.2f} processor seconds, {time.time() - begun:.2f} on the clock, "
              f"{1e6 * ours / new:.1f} microseconds per customer")
        points = np.array(read("old.csv", COLUMNS), dtype=float)
        segments = np.array([row[0] for row in read("s/customers.csv", ["segment"])])
        others = np.array(read("new.csv", COLUMNS), dtype=float)
        center, spread = points.mean(0), points.std(0)
        points, others = (points - center) / spread, (others - center) / spread
        before, begun = seconds(resource.RUSAGE_SELF) + seconds(resource.RUSAGE_CHILDREN), time.time()
        classifier = KNeighborsClassifier(15, n_jobs=2).fit(points, segments)
        shares = classifier.predict_proba(others)
        theirs = seconds(resource.RUSAGE_SELF) + seconds(resource.RUSAGE_CHILDREN) - before
        print(f"KNeighborsClassifier: {theirs:.2f} processor seconds, {time.time() - begun:.2f} on the clock, "
              f"{theirs / ours:.1f} times ours")
        named = classifier.classes_[shares.argmax(1)]
        ours = np.array([row[0] for row in read("new-assigned.csv", ["nearest_segment"])])
        print(f"the same segment for {100 * (named == ours).mean():.2f} %")


if __name__ == "__main__":
    main()
