"""The table of `kinfolk features` by pandas, written independently of the program.

Usage: python transactions.py NAME FILE TABLE
       NAME   online_retail, completejourney or retail_data
       FILE   the purchase lines; TABLE the CSV file that `kinfolk features FILE --window 90d` wrote

Compares all columns and ends with 1 where one differs by more than 1e-9 of its size, or has other gaps.
Made with pandas 2 and 3, NumPy 2.
"""

import sys

import numpy as np
import pandas as pd

FILES = {
    "online_retail": dict(
        customer="CustomerID", order="InvoiceNo", date="InvoiceDate", product="StockCode",
        amount=lambda d: d.Quantity * d.UnitPrice, format=None, discounts=[],
    ),
    "completejourney": dict(
        customer="household_id", order="basket_id", date="transaction_timestamp", product="product_id",
        amount=lambda d: d.sales_value, format=None, discounts=["retail_disc", "coupon_disc", "coupon_match_disc"],
    ),
    "retail_data": dict(
        customer="customer_id", order=None, date="trans_date", product=None,
        amount=lambda d: d.tran_amount, format="%m/%d/%Y", discounts=[],
    ),
}


def read(name, path):
    spec = FILES[name]
    text = {c: str for c in (spec["customer"], spec["order"], spec["product"]) if c}
    d = pd.read_csv(path, dtype=text)
    out = pd.DataFrame({
        "customer": d[spec["customer"]],
        "moment": pd.to_datetime(d[spec["date"]], format=spec["format"]),
        "amount": spec["amount"](d).astype(float),
    })
    out["day"] = out.moment.dt.normalize()
    out["order"] = d[spec["order"]] if spec["order"] else out.day.astype(str)
    if spec["product"]:
        out["product"] = d[spec["product"]]
    if spec["discounts"]:
        out["discounted"] = (d[spec["discounts"]] != 0).any(axis=1)
    out = out[out.customer.notna() & out.amount.notna()].copy()
    if out.customer.str.endswith(".0").all():
        out["customer"] = out.customer.str[:-2]
    return out


def counted(lines, suffix):
    """What is counted among lines, whole file or window; one row per customer that has some."""
    bought, back = lines[lines.amount >= 0], lines[lines.amount < 0]
    by, net = bought.groupby("customer"), lines.groupby("customer").amount.sum()
    t = pd.DataFrame(index=net.index)
    t["frequency"] = by.order.nunique()
    t["monetary"] = net
    spent = by.amount.sum()
    t["returned_share"] = (-back.groupby("customer").amount.sum()).reindex(t.index).fillna(0) / spent.where(spent != 0)
    t["average_basket"] = spent / t.frequency
    if "product" in lines:
        t["distinct_products"] = by["product"].nunique()
    of = lambda some: some.groupby("customer").order.nunique().reindex(t.index).fillna(0)
    t["weekend_share"] = of(bought[bought.day.dt.day_of_week >= 5]) / t.frequency
    if (lines.moment != lines.day).any() or suffix:
        timed = of(bought[bought.moment > bought.day])
        t["evening_share"] = of(bought[bought.moment.dt.hour >= 18]) / timed.where(timed != 0)
    if "discounted" in lines:
        t["discount_share"] = by.discounted.mean()
    for column in ("frequency", "distinct_products"):
        if column in t:
            t[column] = t[column].fillna(0)
    return t.add_suffix(suffix)


def table(lines, windows):
    as_of = lines.day.max() + pd.Timedelta(days=1)
    t = counted(lines, "")
    bought = lines[lines.amount >= 0]
    days = bought.groupby("customer").day
    t["recency_days"] = (as_of - days.max()).dt.days
    t["tenure_days"] = (as_of - days.min()).dt.days
    orders = bought.groupby(["customer", "order"]).day.min().reset_index().sort_values(["customer", "day"])
    gaps = orders.groupby("customer").day.diff().dt.days
    gaps = gaps.groupby(orders.customer)
    t["days_between_orders"] = gaps.median()
    mean = gaps.mean()
    t["order_gap_variation"] = (gaps.std(ddof=0) / mean.where(mean != 0)).where(gaps.count() > 1)
    middle = lines.day.min() + (as_of - lines.day.min()) / 2
    late = bought[bought.day >= middle].groupby("customer").amount.sum().reindex(t.index).fillna(0)
    early = bought[bought.day < middle].groupby("customer").amount.sum().reindex(t.index).fillna(0)
    t["trend"] = (late - early) / (late + early).where(late + early != 0)
    for window in windows:
        inside = counted(lines[lines.day >= as_of - pd.Timedelta(days=window)], f"_{window}d")
        t = t.join(inside)
        for column in ("frequency", "monetary", "distinct_products"):
            if f"{column}_{window}d" in t:
                t[f"{column}_{window}d"] = t[f"{column}_{window}d"].fillna(0)
    return t


def main():
    name, path, written = sys.argv[1:4]
    expected = table(read(name, path), [90])
    found = pd.read_csv(written, dtype={"customer_id": str}).set_index("customer_id")
    if "evening_share" not in found and "evening_share_90d" in expected:
        expected = expected.drop(columns="evening_share_90d")
    wrong = []
    if set(found.index) != set(expected.index):
        wrong.append(f"customers: {len(found)} and {len(expected)}")
    if set(found.columns) != set(expected.columns):
        wrong.append(f"columns: {sorted(set(found.columns) ^ set(expected.columns))}")
    for column in sorted(set(found.columns) & set(expected.columns)):
        a = found[column].reindex(expected.index).to_numpy(float)
        b = expected[column].to_numpy(float)
        differ = (np.isnan(a) != np.isnan(b)) | (np.abs(a - b) > 1e-9 * np.maximum(1, np.abs(b)))
        if differ.any():
            at = np.flatnonzero(differ)[0]
            wrong.append(f"{column}: {differ.sum()} of {len(a)}, such as {expected.index[at]}: {a[at]} and {b[at]}")
    print("\n".join(wrong) if wrong else f"{len(expected)} customers, {len(expected.columns)} columns agree")
    sys.exit(bool(wrong))


main()
