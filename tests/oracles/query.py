"""Runs the query of `kinfolk features --sql` in a database and compares its table with the one in a file.

Usage: python query.py duckdb|postgres|spark|bigquery LINES QUERY TABLE

LINES are purchase lines as CSV with dates as 2024-01-31 18:30:00, QUERY the file with the query (from the table
transactions), TABLE the CSV file that the program wrote from LINES. Ends with 77 where the database is absent, with 1
where a value differs by more than 1e-9 of its size. PostgreSQL is the one that psql reaches by its PG* variables.
BigQuery cannot be had on one's own machine: sqlglot parses the query as BigQuery's and says it in DuckDB's words, refusing what it cannot.
"""

import csv
import io
import os
import subprocess
import sys

NUMBERS = {"quantity", "unit_price", "amount", "discount"}
TIMES = {"date"}


def kind(column, number, time):
    return number if column in NUMBERS else time if column in TIMES else "TEXT"


def duckdb_rows(lines, query, header):
    try:
        import duckdb
    except ImportError:
        sys.exit(77)
    db = duckdb.connect()
    columns = ", ".join(f"'{c}': '{kind(c, 'DOUBLE', 'TIMESTAMP').replace('TEXT', 'VARCHAR')}'" for c in header)
    db.execute(f"CREATE TABLE transactions AS FROM read_csv('{lines}', header=true, columns={{{columns}}})")
    result = db.execute(query)
    return [c[0] for c in result.description], result.fetchall()


def bigquery_rows(lines, query, header):
    try:
        import sqlglot
    except ImportError:
        sys.exit(77)
    # Sunday is 1 in BigQuery and 0 in DuckDB, which sqlglot leaves as it is.
    query = query.replace("EXTRACT(DAYOFWEEK FROM day)", "(EXTRACT(DAYOFWEEK FROM day) + 1)")
    (translated,) = sqlglot.transpile(query, read="bigquery", write="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)
    return duckdb_rows(lines, translated, header)


def postgres_rows(lines, query, header):
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    if "PGHOST" not in os.environ:
        sys.exit(77)
    try:
        if subprocess.run([*psql, "-c", "SELECT 1"], capture_output=True).returncode != 0:
            sys.exit(77)
    except FileNotFoundError:
        sys.exit(77)
    columns = ", ".join(f'"{c}" {kind(c, "DOUBLE PRECISION", "TIMESTAMP")}' for c in header)
    script = f"CREATE TEMP TABLE transactions ({columns});\n"
    script += f"\\copy transactions FROM '{lines}' CSV HEADER\n"
    script += f"COPY ({query.rstrip().rstrip(';')}) TO STDOUT CSV HEADER;\n"
    done = subprocess.run(psql, input=script, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    return rows[0], rows[1:]


def spark_rows(lines, query, header):
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        sys.exit(77)
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    schema = ", ".join(f"`{c}` {kind(c, 'DOUBLE', 'TIMESTAMP').replace('TEXT', 'STRING')}" for c in header)
    spark.read.csv(lines, header=True, schema=schema).createOrReplaceTempView("transactions")
    result = spark.sql(query.rstrip().rstrip(";"))
    return result.columns, [tuple(row) for row in result.collect()]


def number(value):
    return None if value is None or value == "" else float(value)


def main():
    database, lines, query, written = sys.argv[1:5]
    with open(lines, newline="") as file:
        header = next(csv.reader(file))
    rows = {"duckdb": duckdb_rows, "postgres": postgres_rows, "spark": spark_rows, "bigquery": bigquery_rows}[database]
    names, found = rows(lines, open(query).read(), header)
    with open(written, newline="") as file:
        table = list(csv.reader(file))
    if list(names) != table[0]:
        sys.exit(f"columns {names} and {table[0]}")
    expected = {row[0]: row[1:] for row in table[1:]}
    if {str(row[0]) for row in found} != set(expected):
        sys.exit(f"{len(found)} customers and {len(expected)}")
    for row in found:
        for name, ours, theirs in zip(names[1:], expected[str(row[0])], row[1:]):
            a, b = number(ours), number(theirs)
            if (a is None) != (b is None) or (a is not None and abs(a - b) > 1e-9 * max(1.0, abs(b))):
                sys.exit(f"{name} of {row[0]}: {ours} and {theirs}")
    print(f"{len(found)} customers, {len(names) - 1} columns agree")


main()
