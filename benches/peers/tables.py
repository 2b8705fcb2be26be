"""Tables of twelve groups, for assign.py and lines.py."""

import random

COLUMNS = "spend visits basket recency tenure online discount returns".split()


def write(path, customers, seed):
    """Twelve groups of unlike widths."""
    around = random.Random(7)
    centers = [[around.gauss(0, 2.0) for _ in COLUMNS] for _ in range(12)]
    draw = random.Random(seed)
    with open(path, "w") as out:
        out.write("customer_id," + ",".join(COLUMNS) + "\n")
        for i in range(customers):
            group = draw.randrange(12)
            width = 0.5 + 0.05 * group
            cells = ",".join(f"{x + draw.gauss(0, width):.4f}" for x in centers[group])
            out.write(f"C{seed}_{i},{cells}\n")
