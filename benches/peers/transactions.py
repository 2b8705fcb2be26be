"""The columns of `kinfolk features` by other programs, with the time and memory that they take.

Usage: python transactions.py pandas|polars|duckdb LINES QUERY OUT

LINES is what `kinfolk generate --transactions --customers 500000 --lines-per-order 1 -o LINES` writes, or has its columns; QUERY is what
`kinfolk features LINES --sql duckdb` prints (DuckDB only). Two threads. Prints seconds, processor seconds and memory. The same columns by
`/usr/bin/time -v kinfolk features LINES --threads 2 -o OUT`; `transactions.py same OUT OTHER` says where two tables differ.
"""

import os
import resource
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "2"


def by_duckdb(lines, query, out):
    import duckdb

    db = duckdb.connect()
    db.execute("SET threads = 2")
    db.execute(f"CREATE VIEW transactions AS FROM read_csv('{lines}')")
    db.execute(f"COPY ({open(query).read().rstrip().rstrip(';')}) TO '{out}' (HEADER)")


def by_pandas(lines, query, out):
    import pandas as pd

    d = pd.read_csv(lines, parse_dates=["date"])
    d["amount"] = d.quantity * d.unit_price
    d["day"] = d.date.dt.normalize()
    first, as_of = d.day.min(), d.day.max() + pd.Timedelta(days=1)
    bought = d[d.amount >= 0]
    by = bought.groupby("customer_id")
    spent = by.amount.sum()
    t = pd.DataFrame({"frequency": by.order_id.nunique(), "spent": spent, "distinct_products": by["product"].nunique()})
    t["monetary"] = d.groupby("customer_id").amount.sum()
    t["returned_share"] = (-d[d.amount < 0].groupby("customer_id").amount.sum()).reindex(t.index).fillna(0) / spent
    t["average_basket"] = spent / t.frequency
    days = by.day
    t["recency_days"] = (as_of - days.max()).dt.days
    t["tenure_days"] = (as_of - days.min()).dt.days
    orders = bought.groupby(["customer_id", "order_id"]).day.min().reset_index().sort_values(["customer_id", "day"])
    gaps = orders.groupby("customer_id").day.diff().dt.days.groupby(orders.customer_id)
    t["days_between_orders"] = gaps.median()
    t["order_gap_variation"] = (gaps.std(ddof=0) / gaps.mean()).where(gaps.count() > 1)
    categories = bought.groupby(["customer_id", "category"]).amount.sum().groupby("customer_id")
    t["top_category_share"] = categories.max() / categories.sum()
    part = lambda some: some.groupby("customer_id").order_id.nunique().reindex(t.index).fillna(0)
    for channel in sorted(bought.channel.unique()):
        t[f"channel_share_{channel}"] = part(bought[bought.channel == channel]) / t.frequency
    t["weekend_share"] = part(bought[bought.day.dt.day_of_week >= 5]) / t.frequency
    t["evening_share"] = part(bought[bought.date.dt.hour >= 18]) / part(bought[bought.date > bought.day])
    t["discount_share"] = (bought.discount != 0).groupby(bought.customer_id).mean()
    half = first + (as_of - first) / 2
    late = bought[bought.day >= half].groupby("customer_id").amount.sum().reindex(t.index).fillna(0)
    t["trend"] = (2 * late - spent) / spent
    t.drop(columns="spent").to_csv(out)


def by_polars(lines, query, out):
    import polars as pl

    d = pl.read_csv(lines, try_parse_dates=True).with_columns(
        amount=pl.col("quantity") * pl.col("unit_price"), day=pl.col("date").dt.date()
    )
    first, as_of = d["day"].min(), d["day"].max()
    half = pl.lit(first) + (pl.lit(as_of) + pl.duration(days=1) - pl.lit(first)) / 2
    d = d.with_columns(
        bought=pl.col("amount") >= 0,
        weekend=pl.col("day").dt.weekday() >= 6,
        evening=pl.col("date").dt.hour() >= 18,
        timed=pl.col("date").dt.time() > pl.time(0),
        late=pl.col("day") >= half.cast(pl.Date),
    )
    b = pl.col("bought")
    n = pl.col("order_id").filter(b).n_unique()
    spent = pl.col("amount").filter(b).sum()
    part = lambda c: pl.col("order_id").filter(b & c).n_unique()
    channels = sorted(d["channel"].unique())
    t = d.group_by("customer_id").agg(
        n.alias("frequency"),
        pl.col("amount").sum().alias("monetary"),
        (-pl.col("amount").filter(~b).sum() / spent).alias("returned_share"),
        (spent / n).alias("average_basket"),
        ((pl.lit(as_of) - pl.col("day").filter(b).max()).dt.total_days() + 1).alias("recency_days"),
        ((pl.lit(as_of) - pl.col("day").filter(b).min()).dt.total_days() + 1).alias("tenure_days"),
        pl.col("product").filter(b).n_unique().alias("distinct_products"),
        *[(part(pl.col("channel") == c) / n).alias(f"channel_share_{c}") for c in channels],
        (part(pl.col("weekend")) / n).alias("weekend_share"),
        (part(pl.col("evening")) / part(pl.col("timed"))).alias("evening_share"),
        (pl.col("discount").filter(b) != 0).mean().alias("discount_share"),
        (2 * pl.col("amount").filter(b & pl.col("late")).sum() / spent - 1).alias("trend"),
    )
    orders = d.filter(b).group_by("customer_id", "order_id").agg(pl.col("day").min()).sort("customer_id", "day")
    gaps = orders.with_columns(gap=pl.col("day").diff().over("customer_id").dt.total_days()).drop_nulls("gap")
    gaps = gaps.group_by("customer_id").agg(
        pl.col("gap").median().alias("days_between_orders"),
        (pl.col("gap").std(ddof=0) / pl.col("gap").mean()).alias("order_gap_variation"),
    )
    top = d.filter(b).group_by("customer_id", "category").agg(pl.col("amount").sum())
    top = top.group_by("customer_id").agg((pl.col("amount").max() / pl.col("amount").sum()).alias("top_category_share"))
    t = t.join(gaps, on="customer_id", how="left").join(top, on="customer_id", how="left")
    t.sort("customer_id").write_csv(out)


def same(one, other):
    """The largest difference of each column of two tables of the same customers."""
    import pandas as pd

    a, b = (pd.read_csv(path).set_index("customer_id").sort_index() for path in (one, other))
    assert a.index.equals(b.index) and set(a) == set(b), (set(a) ^ set(b), len(a), len(b))
    for column in a:
        gaps = (a[column].isna() != b[column].isna()).sum()
        off = ((a[column] - b[column]).abs() / (1 + a[column].abs())).max()
        print(f"{column}: {gaps} empty in one of them, else {off:.1e} apart at most")


def main():
    if sys.argv[1] == "same":
        return same(*sys.argv[2:])
    engine, lines, query, out = sys.argv[1:5]
    began = time.time()
    {"duckdb": by_duckdb, "pandas": by_pandas, "polars": by_polars}[engine](lines, query, out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{engine}: {time.time() - began:.1f} s, {used.ru_utime + used.ru_stime:.1f} processor s, "
        f"{used.ru_maxrss * 1024 / 1e9:.2f} GB"
    )


main()
