"""kinfolk.spark on a cluster of two workers, against the program."""

import re
import subprocess
import sys
import threading
import time
from decimal import Decimal

import kinfolk
import pyarrow.csv
import pytest
from kinfolk import spark



def cell(value):
    """As a CSV file of the program has it."""
    if value is None:
        return ""
    if isinstance(value, float):
        if value and abs(value) < 1e-5:
            return re.sub("e-0?", "e-", repr(value))
        return repr(value) if abs(value) >= 1e-4 or not value else f"{Decimal(repr(value)):f}"
    return f'"{value}"' if "," in str(value) else str(value)


def as_lines(table):
    """A header and sorted lines, as bytes."""
    found = table.toArrow()
    rows = sorted(",".join(map(cell, row)) for row in zip(*(column.to_pylist() for column in found.columns)))
    return "\n".join([",".join(table.columns), *rows]).encode()


def sorted_file(path):
    header, *rows = path.read_bytes().splitlines()
    return b"\n".join([header, *sorted(rows)])


def read(session, path):
    return session.read.csv(str(path), header=True, inferSchema=True)


@pytest.fixture(scope="module")
def expected(program, model, new, tmp_path_factory):
    path = tmp_path_factory.mktemp("expected") / "assigned.csv"
    program("assign", model, new, "-o", path)
    return sorted_file(path)


@pytest.mark.parametrize("partitions, rows", [(1, 250_000), (7, 2_000)])
def test_everybody_gets_what_the_program_gives(session, model, new, expected, partitions, rows):
    table = read(session, new).repartition(partitions)
    assert as_lines(spark.assign(table, model, rows=rows)) == expected


def test_an_executor_that_is_killed_in_the_middle_changes_nothing(session, model, new, expected, end_an_executor):
    table = read(session, new).repartition(24)
    answers = spark.assign(table, model, rows=500)
    context, got = session.sparkContext, []
    context.setJobGroup("killed", "assign while an executor goes")
    tracker = context.statusTracker()

    def work():
        context.setJobGroup("killed", "assign while an executor goes")
        got.append(as_lines(answers))

    worker = threading.Thread(target=work)
    worker.start()
    done, stages, deadline = 0, [], time.time() + 120
    while done < 3 and worker.is_alive() and time.time() < deadline:
        time.sleep(0.01)
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        done = max((s.numCompletedTasks for s in stages if s and s.numTasks == 24), default=0)
    assert 3 <= done < 24, f"{done} of 24 parts were ready, {stages}"
    end_an_executor()
    worker.join(timeout=300)
    assert got == [expected]


def test_a_numbered_identifier_keeps_its_type_and_its_text(session, model, new):
    table = read(session, new).limit(50).selectExpr("*", "CAST(SUBSTRING(customer_id, 2) AS BIGINT) AS number")
    answers = spark.assign(table.drop("customer_id"), model, id="number")
    assert dict(answers.dtypes)["customer_id"] == "bigint"
    named = table.selectExpr("*", "CONCAT('=', customer_id) AS formula")
    ids = {row[0] for row in spark.assign(named, model, id="formula").collect()}
    assert len(ids) == 50 and all(name.startswith("=C") for name in ids)


def test_what_cannot_be_assigned_is_said_before_anything_runs(session, model, new):
    table = read(session, new).limit(100)
    with pytest.raises(ValueError, match="monetary"):
        spark.assign(table.drop("monetary"), model)
    with pytest.raises(ValueError, match="no column names the customers"):
        spark.assign(table.drop("customer_id"), model)
    in_cents = table.selectExpr("* EXCEPT (monetary)", "monetary * 1000 AS monetary")
    with pytest.raises(ValueError, match="monetary.*lie below or above all of the model's"):
        spark.assign(in_cents, model)
    assert spark.assign(in_cents, model, allow_outside=True).count() == 100
    with pytest.raises(ValueError, match="novelty"):
        spark.assign(table, model, novelty=2)


def test_empty_partitions_and_missing_values(session, model, new, program, tmp_path):
    few = new.read_bytes().splitlines(keepends=True)[:6]
    few.append(b"nobody" + b"," * few[0].count(b",") + b"\n")
    path = tmp_path / "few.csv"
    path.write_bytes(b"".join(few))
    program("assign", model, path, "-o", tmp_path / "assigned.csv")
    answers = spark.assign(read(session, path).repartition(12), model)
    assert as_lines(answers) == sorted_file(tmp_path / "assigned.csv")


def test_a_model_of_a_table_with_decimal_commas(session, model, new, tmp_path, expected):
    header, *rows = kinfolk.generate(customers=2000, segments=4, seed=7).decode().splitlines()
    german = "\n".join(";".join(one.replace(".", ",") for one in line.split(",")) for line in [header, *rows])
    kinfolk.segment(german.encode(), ignore="true_segment,bridge_between", output=tmp_path / "german")
    table = read(session, new)
    got = as_lines(spark.assign(table, tmp_path / "german"))
    assert got == expected
    half = table.selectExpr("* EXCEPT (monetary)", "CAST(monetary AS STRING) AS monetary")
    with pytest.raises(ValueError, match="monetary.*make all of them numbers"):
        spark.assign(half, tmp_path / "german")


def purchases(count):
    """Lines of a shop with more channels than have a column, the rarest only at the end."""
    lines = ["customer,order_id,date,product,quantity,unit_price,category,channel"]
    state = 12345
    for i in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        r = state >> 8
        channel = "pop-up" if i >= count - 400 else f"shop {r % 13}"
        lines.append(
            f"k{r % 701},o{i // 3 * 1000 + r % 701},2024-{r % 11 + 1:02}-{r % 27 + 1:02} {r % 24:02}:{r % 60:02}:00,"
            f"p{r % 97},{'-1' if r % 19 == 0 else r % 4 + 1},{r % 50}.{r % 10}5,c{r % 5},{channel}"
        )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("count", [3_000, 15_000])
def test_features_are_those_of_the_program(session, program, tmp_path, count):
    path = tmp_path / "lines.csv"
    path.write_text(purchases(count))
    program("features", path, "--window", "60d", "-o", tmp_path / "customers.csv")
    found = spark.features(read(session, path), window="60d")
    expected = pyarrow.csv.read_csv(tmp_path / "customers.csv").to_pylist()
    assert found.columns == list(expected[0])
    rows = {row["customer_id"]: row.asDict() for row in found.collect()}
    assert len(rows) == len(expected)
    for row in expected:
        for name, value in row.items():
            got = rows[row["customer_id"]][name]
            if isinstance(value, (int, float)):
                assert got == pytest.approx(value, rel=1e-9, abs=1e-9), (name, row["customer_id"])
            else:
                assert (got or None) == (value or None), (name, row["customer_id"])


def test_fit_on_a_sample_is_the_same_for_any_partitions(session, new):
    table = read(session, new)
    flags = {"ignore": "true_segment,bridge_between", "resolution": 0.3}
    one = spark.fit(table.repartition(3), id="customer_id", sample=5_000, **flags)
    two = spark.fit(table.repartition(11).orderBy("monetary"), id="customer_id", sample=5_000, **flags)
    assert abs(one.sampled - 5_000) < 5 * 5_000**0.5 and one.total == 30_000
    assert one.sampled == two.sampled
    for name in ("customers.csv", "segments.csv", "model.kinfolk"):
        assert (one.found.folder / name).read_bytes() == (two.found.folder / name).read_bytes(), name
    assert as_lines(one.customers) == as_lines(two.customers)
    other = spark.fit(table, id="customer_id", sample=5_000, seed=1, **flags)
    assert (other.found.folder / "customers.csv").read_bytes() != (one.found.folder / "customers.csv").read_bytes()
    words = one.summary()
    assert f"{one.sampled:,} of 30,000 customers were segmented" in words
    size = spark.smallest_seen(one.rate, 16)
    assert f"Of a segment of {size:,} customers at least 16" in words
    # Assigned customers of the sample get the segment that they had in it, nearly always.
    mine = {str(c): s for c, s in zip(one.found.customers["customer_id"].to_pylist(), one.found.customers["segment"].to_pylist())}
    theirs = {row.customer_id: row.segment for row in one.customers.collect() if row.customer_id in mine}
    assert sum(mine[c] == s for c, s in theirs.items()) > 0.97 * len(mine)


def test_the_least_size_is_that_of_the_binomial():
    from fractions import Fraction
    from math import comb

    def fewer(size, rate, least):
        return sum(comb(size, k) * rate**k * (1 - rate) ** (size - k) for k in range(least))

    for rate, least in ((Fraction(1, 20), 16), (Fraction(1, 2), 16), (Fraction(1, 3), 4)):
        size = spark.smallest_seen(float(rate), least)
        assert fewer(size, rate, least) <= Fraction(1, 100) < fewer(size - 1, rate, least)


def test_importing_the_package_imports_no_spark():
    script = "import sys, kinfolk; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
