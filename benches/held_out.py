"""How well `kinfolk assign` places customers that a model has not seen: fifths of real tables are held out.

    python benches/held_out.py target/release/kinfolk TABLE[:COLUMN] ... [--folds N]

For each table (CSV, plain or gzip; COLUMN is a known grouping, which is left out of the features) everybody is segmented, then each fifth is held out, the rest segmented and the
fifth assigned. Each segment of the four fifths stands for the one of everybody's that it shares most customers with.

- two runs: the share of the four fifths whose segments agree; held out: the same of the fifth; their ratio is the figure.
- calibration: the mean difference between the probability said and the share that was right, over ten groups of equal size, and of equal width.
- none of these: the share of the fifth that is told so at 1 %.
- planted: customers around a corner that nobody of the table is near (each measured column at its 2nd or 98th percentile by a draw, within a twentieth of its spread), and the
  share of them that is told to be like none. With a COLUMN also a real one: each of its groups is left out of the model in turn, and its customers assigned.

Everything is drawn with fixed seeds. Needs Python alone.
"""

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict


def read(path):
    opened = gzip.open(path, "rt", newline="") if path.endswith(".gz") else open(path, newline="")
    with opened as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def column(path, name):
    with open(path, newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


class Table:
    def __init__(self, program, path, known):
        self.program, self.known = program, known
        self.header, self.rows = read(path)
        random.Random(5).shuffle(self.rows)

    def run(self, *args):
        subprocess.run([self.program, *args, "-q"], check=True, stdout=subprocess.DEVNULL)

    def segments(self, name, rows):
        """The segments of these rows, whose model stays in the folder of that name."""
        write(f"{name}.csv", self.header, rows)
        left_out = ["--ignore", self.known] if self.known else []
        self.run("segment", f"{name}.csv", "-o", name, "--baselines", "none", *left_out)
        return column(f"{name}/customers.csv", "segment")

    def assigned(self, name, rows):
        write("new.csv", self.header, rows)
        self.run("assign", name, "new.csv", "-o", "told.csv", "--force", "--allow-outside")
        with open("told.csv", newline="") as file:
            return list(csv.DictReader(file))

    def measured(self, name):
        """Places of the number columns that similarity was measured on."""
        with open(f"{name}/summary.json") as file:
            features = json.load(file)["features"]
        return [self.header.index(f["name"]) for f in features if f["type"] == "number"]

    def planted(self, name, customers):
        draw = random.Random(11)
        places = self.measured(name)
        at = {}
        for place in places:
            values = sorted(float(row[place]) for row in self.rows if is_number(row[place]))
            low, high = (values[int(share * (len(values) - 1))] for share in (0.02, 0.98))
            at[place] = (draw.choice([low, high]), (high - low) / 20)
        rows = []
        for i in range(customers):
            row = list(self.rows[draw.randrange(len(self.rows))])
            for place, (center, width) in at.items():
                row[place] = f"{center + draw.uniform(-width, width):.6g}"
            rows.append(row)
        return rows


def is_number(text):
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def none_share(told):
    return sum(row["segment_name"] == "none of these" for row in told) / len(told)


def calibration(answers):
    """Mean differences of (probability, whether it was right), by groups of equal size and of equal width."""
    answers = sorted(answers)
    n = len(answers)
    by_size = [answers[n * i // 10 : n * (i + 1) // 10] for i in range(10)]
    by_width = defaultdict(list)
    for answer in answers:
        by_width[min(int(answer[0] * 10), 9)].append(answer)

    def error(groups):
        off = lambda g: abs(sum(p for p, _ in g) - sum(right for _, right in g))
        return sum(off(group) for group in groups) / n

    return error(by_size), error(by_width.values())


def measure(program, path, known, folds):
    table = Table(program, os.path.abspath(path), known)
    rows = table.rows
    everybody = table.segments("all", rows)
    same, alike, answers, told_none, planted = [], [], [], [], []
    counts = []
    for fold in range(folds):
        kept = [i for i in range(len(rows)) if i % 5 != fold]
        held = [i for i in range(len(rows)) if i % 5 == fold]
        name = f"fold{fold}"
        segments = table.segments(name, [rows[i] for i in kept])
        counts.append(len(set(segments)))
        shared = Counter((s, everybody[i]) for s, i in zip(segments, kept))
        stands_for = {s: max((n, t) for (of, t), n in shared.items() if of == s)[1] for s in set(segments)}
        same += [stands_for[s] == everybody[i] for s, i in zip(segments, kept)]
        told = table.assigned(name, [rows[i] for i in held])
        told_none.append(none_share(told))
        for row, i in zip(told, held):
            if row["nearest_segment"]:
                right = stands_for[row["nearest_segment"]] == everybody[i]
                alike.append(right)
                if row["probability"]:
                    answers.append((float(row["probability"]), right))
        planted.append(none_share(table.assigned(name, table.planted(name, 200))))
    two_runs, held_out = sum(same) / len(same), sum(alike) / len(alike)
    by_size, by_width = calibration(answers)
    print(
        f"| {os.path.basename(path)} ({len(rows)}) | {len(set(everybody))} ({', '.join(map(str, counts))}) | {two_runs:.3f} | {held_out:.3f} | "
        f"{held_out / two_runs:.3f} | {by_size:.3f} / {by_width:.3f} | {100 * sum(told_none) / folds:.2f} % | "
        f"{100 * sum(planted) / folds:.1f} % |",
        flush=True,
    )
    if known:
        place = table.header.index(known)
        for group in sorted({row[place] for row in rows}):
            table.segments("without", [row for row in rows if row[place] != group])
            told = table.assigned("without", [row for row in rows if row[place] == group])
            print(f"  {known} {group} left out: none of these for {100 * none_share(told):.1f} % of {len(told)}", flush=True)


def main():
    arguments = sys.argv[1:]
    folds = 5
    if "--folds" in arguments:
        at = arguments.index("--folds")
        folds = int(arguments[at + 1])
        del arguments[at : at + 2]
    program, tables = os.path.abspath(arguments[0]), arguments[1:]
    print("| table | segments (in each four fifths) | two runs | held out | ratio | calibration, equal size / width | none of these, 1 % stated | planted found |")
    print("|---|---|---|---|---|---|---|---|")
    for table in tables:
        path, _, known = table.partition(":")
        path = os.path.abspath(path)
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            measure(program, path, known, folds)
            os.chdir("/")


if __name__ == "__main__":
    main()
