#!/usr/bin/env python3
"""Whole runs on tables whose threads, rows, columns, ids, packing and line ends are changed: one hash per table.

    tests/orders.py PROGRAM TABLE...

PROGRAM may have words before it, such as "qemu-x86_64 -cpu Nehalem kinfolk". Every table is given an id column of
unique tokens where none names the customers, so that ids can be renamed and mapped back. All files but run.json are
hashed, the rows of customers.csv sorted. Ends with 1 where a variant of a table has another hash.
"""

import csv, gzip, hashlib, io, json, os, random, re, subprocess, sys, tempfile


def read(path):
    raw = gzip.open(path).read() if path.endswith(".gz") else open(path, "rb").read()
    text = raw.decode("utf-8-sig")
    separator = max(",;\t", key=text.split("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    return [r for r in rows if r]


def write(rows, end="\n"):
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue().encode()


def run(program, name, content, back=None, threads="2"):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, name), "wb") as f:
            f.write(content)
        command = program + ["segment", name, "-o", "out", "-q", "--threads", threads]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=900)
        if done.returncode not in (0, 3):
            return {"error": done.stderr.decode()[-300:]}
        out = os.path.join(folder, "out")
        sums = {}
        for file in sorted(os.listdir(out)):
            if file == "run.json":
                continue
            # As bytes: the model is no text.
            text = open(os.path.join(out, file), encoding="latin-1", newline="").read()
            if back:
                text = re.sub(r"idx[0-9a-z]{8}", lambda m: back[m.group(0)], text)
            if file == "customers.csv":
                text = "\n".join(sorted(text.split("\n")))
            if os.environ.get("KEEP"):
                open(os.path.join(os.environ["KEEP"], f"{run.count}-{file}"), "w", encoding="latin-1", newline="").write(text)
            sums[file] = hashlib.sha256(text.encode("latin-1")).hexdigest()[:12]
        run.count += 1
        return sums


run.count = 0


def is_names(cells):
    return len(set(cells)) == len(cells) and not any(re.fullmatch(r"[-+]?[0-9.,eE+-]+", c) for c in cells)


def main():
    program, tables = sys.argv[1].split(), sys.argv[2:]
    worst = 0
    for path in tables:
        dice = random.Random(7)
        rows = read(path)
        header, body = rows[0], rows[1:]
        name_of = lambda: "idx" + "".join(dice.choice("0123456789abcdefghijklmnopqrstuvwxyz") for _ in range(8))
        header, body = ["customer_id"] + header, [[name_of()] + r for r in body]
        base = write([header] + body)
        first = run(program, "t.csv", base)
        # Customers that are equal in all else keep the order of their names: nothing else tells them apart.
        # A second column of names that are all different tells the program nothing either.
        said = [c for c in range(1, len(header)) if not is_names([r[c] for r in body])]
        equal = {}
        for r in body:
            equal.setdefault(tuple(r[c] for c in said), []).append(r[0])
        renamed = {}
        for names in equal.values():
            renamed.update(zip(sorted(names), sorted(name_of() for _ in names)))
        back = {new: old for old, new in renamed.items()}
        shuffled = dice.sample(body, len(body))
        places = dice.sample(range(len(header)), len(header))
        variants = {
            "1 thread": lambda: run(program, "t.csv", base, threads="1"),
            "5 threads": lambda: run(program, "t.csv", base, threads="5"),
            "rows": lambda: run(program, "t.csv", write([header] + shuffled)),
            "columns": lambda: run(program, "t.csv", write([[r[p] for p in places] for r in [header] + body])),
            "ids": lambda: run(program, "t.csv", write([header] + [[renamed[r[0]]] + r[1:] for r in body]), back),
            "gz": lambda: run(program, "t.csv.gz", gzip.compress(base)),
            "crlf": lambda: run(program, "t.csv", write([header] + body, "\r\n")),
        }
        differ = {}
        for variant, found in variants.items():
            found = found()
            if found != first:
                differ[variant] = [f for f in sorted(set(found) | set(first)) if found.get(f) != first.get(f)]
        together = hashlib.sha256(json.dumps(first, sort_keys=True).encode()).hexdigest()[:12]
        print(os.path.basename(path), len(body), together, "the same" if not differ else differ, first.get("error", ""), flush=True)
        worst |= bool(differ)
    return worst


if __name__ == "__main__":
    sys.exit(main())
