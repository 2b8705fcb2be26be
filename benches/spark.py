#!/usr/bin/env python3
"""Customers per second and core: `kinfolk.spark.assign` against one process of the program, on generated customers.

    tests/spark/check.sh run benches/spark.py --customers 20000000 --program target/release/kinfolk
    tests/spark/check.sh run benches/spark.py --fit 1000000 --sample 100000 --program target/release/kinfolk

Build the package with the release profile and name its wheel by KINFOLK_WHEEL; a development build is several times slower. Processor
time is what executors and their Python workers used, so that a busy machine distorts little. `--fit` compares the segments of a
sampled fit with those of a fit over all (adjusted Rand over everybody).
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet
from pyspark.sql import SparkSession

from kinfolk import spark

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--customers", type=int, default=5_000_000)
parser.add_argument("--model", type=int, default=100_000, help="customers of the model")
parser.add_argument("--program", default="target/release/kinfolk")
parser.add_argument("--fit", type=int, help="compare a sampled fit of so many customers with a full one, and nothing else")
parser.add_argument("--sample", type=int, default=100_000)
parser.add_argument("--full", help="customers.csv of the full fit, where it was made before")
parser.add_argument("--table", help="the table of the full fit, where it was made before")
options = parser.parse_args()
PROGRAM = os.path.abspath(options.program)
WORK = pathlib.Path(tempfile.mkdtemp(prefix="kinfolk-spark-bench-"))
LEFT_OUT = "true_segment,bridge_between,channel,region,newsletter"


def run(*words):
    """Seconds by the clock and of the processors that a run of the program takes."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([PROGRAM, *map(str, words)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def processor_seconds():
    """What the executors and all that they started have used so far."""
    workers, ticks = os.environ["KINFOLK_SPARK_WORKERS"], 0
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.readlink(process / "cwd").startswith(workers):
                cells = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, cells[11:15]))
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def to_parquet(source, target, files=8):
    """A CSV file as a folder of Parquet files, a piece at a time."""
    target.mkdir()
    # Bridges are so few that a first piece may have none, and no type.
    types = pyarrow.csv.ConvertOptions(column_types={"bridge_between": pyarrow.string()})
    reader = pyarrow.csv.open_csv(source, read_options=pyarrow.csv.ReadOptions(block_size=32 << 20), convert_options=types)
    writers = [pyarrow.parquet.ParquetWriter(target / f"{i}.parquet", reader.schema) for i in range(files)]
    for i, batch in enumerate(reader):
        writers[i % files].write_batch(batch)
    for writer in writers:
        writer.close()


def adjusted_rand(a, b):
    """Of two divisions of the same customers."""
    table = pyarrow.table({"a": a, "b": b})
    pairs = lambda keys: sum(n * (n - 1) / 2 for n in table.group_by(keys).aggregate([([], "count_all")])["count_all"].to_pylist())
    both, one, two, all_pairs = pairs(["a", "b"]), pairs(["a"]), pairs(["b"]), len(table) * (len(table) - 1) / 2
    expected = one * two / all_pairs
    return (both - expected) / ((one + two) / 2 - expected)


def session():
    made = (
        SparkSession.builder.master(os.environ["KINFOLK_SPARK_MASTER"])
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.driver.maxResultSize", "0")
        .config("spark.executor.memory", "900m")
        .config("spark.executor.cores", "1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    return made


def assign_at_scale():
    shop, model = WORK / "shop.csv", WORK / "model"
    run("generate", "--customers", options.model, "--segments", 8, "--seed", 5, "-o", WORK / "small.csv", "--quiet")
    run("segment", WORK / "small.csv", "--ignore", LEFT_OUT, "--resolution", "0.2", "--network", "none", "--no-report", "--quiet", "-o", model)
    run("generate", "--customers", options.customers, "--segments", 8, "--seed", 5, "-o", shop, "--quiet")
    to_parquet(shop, WORK / "parquet")
    rows = min(options.customers, 1_000_000)
    with open(shop, "rb") as whole, open(WORK / "part.csv", "wb") as part:
        part.writelines(line for line, _ in zip(whole, range(rows + 1)))
    shop.unlink()
    clock, used = run("assign", model, WORK / "part.csv", "-o", WORK / "assigned.csv", "--threads", 1, "--quiet")
    alone = rows / used
    print(f"program, one thread, {rows:,} customers: {clock:.1f} s, {used:.1f} processor seconds, {alone:,.0f} customers per processor second", flush=True)
    table = session().read.parquet(str(WORK / "parquet"))
    # The executors start, and what Java compiles is compiled.
    spark.assign(table.limit(20_000), model).write.mode("overwrite").parquet(str(WORK / "warm"))
    before, begun = processor_seconds(), time.perf_counter()
    spark.assign(table, model).write.mode("overwrite").parquet(str(WORK / "out"))
    clock, used = time.perf_counter() - begun, processor_seconds() - before
    print(
        f"Spark, two executors of one core, {options.customers:,} customers: {clock:.1f} s, {used:.1f} processor seconds, "
        f"{options.customers / used:,.0f} customers per processor second, {options.customers / used / alone:.2f} of the program's"
    )
    out = session().read.parquet(str(WORK / "out"))
    assert out.count() == options.customers and out.select("customer_id").distinct().count() == options.customers
    text = {name: pyarrow.string() for name in out.columns}
    program = pyarrow.csv.read_csv(WORK / "assigned.csv", convert_options=pyarrow.csv.ConvertOptions(column_types=text, strings_can_be_null=True))
    # Read piece by piece: all of them need not fit into memory.
    asked = pyarrow.compute.field("customer_id").isin(program["customer_id"].combine_chunks())
    there = pyarrow.dataset.dataset(WORK / "out", format="parquet").to_table(filter=asked)
    there, program = (table.select(program.column_names).sort_by("customer_id") for table in (there, program))
    for name in program.column_names:
        numbers = pyarrow.types.is_floating(there[name].type) or pyarrow.types.is_integer(there[name].type)
        said = program[name].cast(there[name].type) if numbers else program[name]
        assert there[name].equals(said), name
    print(f"the answers to the first {rows:,} are the program's", flush=True)


def sampled_fit():
    table, full = options.table or WORK / "shop.csv", options.full or WORK / "full" / "customers.csv"
    ignore = "true_segment,bridge_between"
    if not options.table:
        run("generate", "--customers", options.fit, "--segments", 8, "--seed", 3, "-o", table, "--quiet")
        print("full fit: %.0f s, %.0f processor seconds" % run("segment", table, "--ignore", ignore, "--network", "none", "--no-report", "--quiet", "-o", WORK / "full"), flush=True)
    begun = time.perf_counter()
    read = session().read.csv(str(table), header=True, inferSchema=True)
    fitted = spark.fit(read, id="customer_id", sample=options.sample, ignore=ignore, network="none", no_report=True)
    print(fitted.sees())
    fitted.customers.select("customer_id", "segment", "probability").write.parquet(str(WORK / "fitted"))
    print(f"sampled fit, everybody assigned: {time.perf_counter() - begun:.0f} s, {fitted.found.n_segments} segments", flush=True)
    theirs = pyarrow.csv.read_csv(full).select(["customer_id", "segment"])
    ours = pyarrow.parquet.read_table(WORK / "fitted").rename_columns(["customer_id", "sampled", "probability"])
    both = theirs.join(ours, "customer_id").combine_chunks()
    # Whoever is in none of the segments is a group of its own.
    sampled = both["sampled"].fill_null(0)
    print(f"{both['sampled'].null_count:,} of {len(both):,} in none of these")
    print(f"adjusted Rand of the sampled with the full fit, {len(both):,} customers: {adjusted_rand(both['segment'], sampled):.4f}")
    known = both.filter(pyarrow.compute.greater_equal(both["probability"], 0.75))
    print(f"... of the {len(known):,} with a probability of 0.75 and above: {adjusted_rand(known['segment'], known['sampled']):.4f}")


try:
    sampled_fit() if options.fit else assign_at_scale()
finally:
    shutil.rmtree(WORK, ignore_errors=True)
