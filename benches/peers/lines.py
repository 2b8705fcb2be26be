"""How long `kinfolk assign --lines` takes to answer one customer.

    python benches/peers/lines.py target/release/kinfolk [CUSTOMERS [LINES]]

makes a model of 100,000 customers of 8 features (as assign.py does), writes one line, waits for its answer, and so on, 2,000 times; for CSV and for JSON. Milliseconds between writing
a line and having read its answer. The first line is apart: the model is read before it. Needs Python alone.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

from tables import COLUMNS, write


def answers(program, first, lines):
    """Milliseconds for each line; `first` is answered before them."""
    command = [program, "assign", "s", "--lines", "--threads", "2"]
    talk = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    took = []
    for line in [first, *lines]:
        begun = time.perf_counter()
        talk.stdin.write(line + "\n")
        talk.stdin.flush()
        answer = talk.stdout.readline()
        took.append(1000 * (time.perf_counter() - begun))
        assert answer.strip(), "an answer for each line"
    talk.stdin.close()
    assert talk.wait() == 0
    return took[0], sorted(took[1:])


def main():
    program = os.path.abspath(sys.argv[1])
    customers = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 2_000
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write("old.csv", customers, 1)
        write("new.csv", n, 2)
        subprocess.run([program, "segment", "old.csv", "-o", "s", "-q", "--baselines", "none"], check=True)
        header, *rows = open("new.csv").read().splitlines()
        objects = []
        for row in rows:
            name, *values = row.split(",")
            objects.append(json.dumps({"customer_id": name, **dict(zip(COLUMNS, map(float, values)))}))
        for kind, first, lines in [("CSV", header, rows), ("JSON", objects[0], objects)]:
            start, took = answers(program, first, lines)
            at = lambda share: took[min(int(share * len(took)), len(took) - 1)]
            print(f"{kind}: median {at(0.5):.3f} ms, 99 of 100 within {at(0.99):.3f} ms, longest {took[-1]:.1f} ms, "
                  f"of {len(took)}; model read and the first line answered in {start:.0f} ms")


if __name__ == "__main__":
    main()
