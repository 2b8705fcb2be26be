"""Segments where the customers are: on Spark.

``pip install kinfolk[spark]``, on the driver and on every executor. Nothing here is imported by ``import kinfolk``.

- ``assign`` puts a table of Spark into finished segments; the executors do it, no row passes the driver.
- ``features`` makes one row per customer of purchase lines, by the query of ``kinfolk features --sql spark``.
- ``fit`` finds segments in a sample, says what such a sample can see, and assigns everybody.

docs/beyond-one-machine.md has what was checked, and how to do the same elsewhere.
"""

from __future__ import annotations

import json
import math
import os
import re
import uuid
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _commands, _executors
from ._call import KinfolkWarning, call
from ._result import Model, Result, Segmentation

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    Finished = Model | Segmentation | str | os.PathLike[str]

#: So many different customers of a sample are asked how many segments there are; docs/scale.md, "Many customers".
_EXAMINED = 25_000
#: From so many values on a column in another unit is refused, as the program does.
_ENOUGH = 20
#: Lines from which ``features`` learns what each column is.
_LOOKED_AT = 10_000


def assign(df: DataFrame, model: Finished, *, rows: int = 250_000, allow_outside: bool = False, **flags: Any) -> DataFrame:
    """The segments of the customers of ``df``: a table with the columns of ``kinfolk assign``, computed in the executors.

    ``model`` is a result, a model, or the path of either on the driver; its file is shipped to each executor once. ``flags`` are
    those of ``kinfolk assign --help``, such as ``novelty=0.05`` or ``id="client"``. The identifier keeps its values and its type.
    Columns that the model does not know are not read. Rows are answered one by one, so that partitions, order and executors
    that are lost and replaced change no answer.

    A task loads the model once for every ``rows`` rows (1 and more) that it has; fewer bound its memory more tightly.

    Unless ``allow_outside``, one pass over the number columns comes first, and a column is refused (ValueError) most of whose
    values lie outside all of the model's, as the program does: it is in another unit. ValueError, too, where a column of the
    model is absent or none names the customers.

    >>> from kinfolk import spark                                             # doctest: +SKIP
    >>> segments = spark.assign(session.read.parquet("customers/"), "customers-segments")  # doctest: +SKIP
    >>> segments.write.parquet("assigned/")                                   # doctest: +SKIP
    """
    from pyspark.sql import functions

    if rows < 1:
        raise ValueError(f"rows={rows}: a task answers at least one row at a time")
    file = _model_file(model)
    about = _about(file)
    known = {rule["column"]: rule["kind"] for rule in about["rules"]["columns"]}
    identifier = flags.get("id") or about["rules"].get("id")
    if identifier not in df.columns:
        raise ValueError(
            f"no column names the customers (the model's is {identifier!r}, the table has {', '.join(df.columns)}): "
            "name one by id=, since rows of Spark have no numbers"
        )
    flags["id"] = identifier
    used = [name for name in df.columns if name in known and name != identifier]
    types = dict(df.dtypes)
    flags.update(_decimal(used, known, types, flags))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinfolkWarning)
        # A customer without values: wrong flags and absent columns are said here, in the program's words.
        _commands.assign(file, {name: ["0" if name == identifier else None] for name in [identifier, *used]}, **flags)
    if not allow_outside:
        _refuse_outside(df, about, used, types)
    shipped = _executors.ship(df, file)
    # Moments are written in the clock of the session, as everywhere in Spark.
    columns = [
        functions.date_format(_quoted(name), "yyyy-MM-dd HH:mm:ss").alias(name)
        if types[name].startswith("timestamp")
        else _quoted(name)
        for name in used
    ]
    schema = ", ".join(f"{name} {kind}" for name, kind in {"customer_id": types[identifier], **_executors.COLUMNS}.items())
    work = _executors.answering(shipped, identifier, rows, flags)
    return df.select(_quoted(identifier), *columns).mapInArrow(work, schema)


def features(df: DataFrame, **flags: Any) -> DataFrame:
    """Purchase lines or events of ``df`` into one row per customer, by the query of ``kinfolk features --sql spark``.

    ``flags`` are those of ``kinfolk features --help``, such as ``customer="client"``, ``as_of="2024-12-31"``, ``window="90d"``.
    What the columns are is learned from 10,000 of the lines, which the driver sees; the most common channels and events are
    counted over all of them. Everything else stays in the executors. Dates are dates, timestamps or text as ``2024-01-31 18:30:00``.

    >>> from kinfolk import spark                                             # doctest: +SKIP
    >>> customers = spark.features(session.read.parquet("sales/"), window="90d")  # doctest: +SKIP
    >>> spark.fit(customers, id="customer_id").summary()                      # doctest: +SKIP
    """
    view = f"kinfolk_{uuid.uuid4().hex}"
    df.createTempView(view)
    try:
        return df.sparkSession.sql(_query(df, view, flags))
    finally:
        df.sparkSession.catalog.dropTempView(view)


@dataclass(frozen=True)
class Fitted:
    """What ``fit`` found."""

    #: The segments of the sample, with all evidence.
    found: Segmentation
    #: Everybody's segment: the table of ``assign``, computed when it is used.
    customers: DataFrame
    #: Customers in all.
    total: int
    #: Customers in the sample.
    sampled: int
    #: The share of the customers that was drawn, 0 to 1.
    rate: float

    def sees(self) -> str:
        """What a sample of this size could and could not see."""
        least = self.found.info["neighbors"] + 1
        words = f"{self.sampled:,} of {self.total:,} customers were segmented, everybody was assigned."
        if self.rate < 1:
            words += (
                f"\nOf a segment of {smallest_seen(self.rate, least):,} customers at least {least}, one and its "
                f"{least - 1} neighbors, are in such a sample with 99 %: what is smaller can be missed."
            )
        if self.sampled > _EXAMINED:
            examined = smallest_seen(_EXAMINED / self.total, least)
            words += (
                f"\nHow many segments there are is examined on {_EXAMINED:,} of them: of a segment of {examined:,} customers "
                f"({examined / self.total:.2%}) at least {least} are among those with 99 %. A smaller one may be part of a larger."
            )
        return words

    def summary(self) -> str:
        """The closing words of the program, and what the sample could see."""
        return f"{self.found.summary()}\n{self.sees()}\n"


def fit(df: DataFrame, *, id: str, sample: int = 1_000_000, seed: int = 42, **flags: Any) -> Fitted:
    """Finds segments in a sample of ``df`` on the driver, with evidence, and assigns everybody in the executors.

    A customer is in the sample or not by a hash of ``id`` (as text) and ``seed``, each with the same chance
    ``sample`` / customers: the same sample for any partitions, order and number of executors, and a little more or less than
    ``sample`` customers. Fewer customers than that are all taken. It is no stratified sample, since a segment's density must be its
    own: what a stratum has too many of would look like a segment. ``flags`` are those of ``kinfolk segment --help``. The driver
    needs about 1.4 KB per customer of the sample (``kinfolk segment --plan`` says it).

    ``df`` is read three times: counted, sampled, assigned. What is costly to compute is better cached.

    >>> from kinfolk import spark                                             # doctest: +SKIP
    >>> fitted = spark.fit(session.read.parquet("customers/"), id="customer_id")  # doctest: +SKIP
    >>> print(fitted.summary())                                               # doctest: +SKIP
    >>> fitted.customers.write.parquet("assigned/")                           # doctest: +SKIP
    """
    if sample < 1:
        raise ValueError(f"sample={sample}: at least one customer is needed")
    if id not in df.columns:
        raise ValueError(f"there is no column {id!r}; the table has {', '.join(df.columns)}")
    total = df.count()
    rate = min(1.0, sample / max(total, 1))
    drawn = df if rate == 1 else df.where(_is_drawn(id, rate, seed))
    # The order of the rows is nobody's: with this one the files are the same bytes each time.
    table = drawn.toArrow().sort_by(id)
    found = _commands.segment(table, id=id, seed=seed, **flags)
    return Fitted(found, assign(df, found), total, table.num_rows, rate)


def smallest_seen(rate: float, least: int, confidence: float = 0.99) -> int:
    """The size from which on a segment has at least ``least`` customers in a sample that takes each with chance ``rate``
    (0 to 1), with probability ``confidence``: the smallest m with P(Binomial(m, rate) >= least) >= confidence.

    A customer and all its k neighbors are of one segment only where k + 1 of it are in the sample, hence ``least`` = k + 1.

    >>> smallest_seen(0.05, 16)
    529
    >>> smallest_seen(1.0, 16)
    16
    """
    if not 0 < rate <= 1:
        raise ValueError(f"rate={rate} is no share between 0 and 1")
    low, high = least, least
    while _chance_of_fewer(high, rate, least) > 1 - confidence:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if _chance_of_fewer(middle, rate, least) > 1 - confidence:
            low = middle + 1
        else:
            high = middle
    return high


def _chance_of_fewer(size: int, rate: float, least: int) -> float:
    """P(Binomial(size, rate) < least), summed term by term."""
    if rate == 1:
        return float(size < least)
    logs = math.log(rate), math.log1p(-rate)
    return math.fsum(
        math.exp(
            math.lgamma(size + 1) - math.lgamma(k + 1) - math.lgamma(size - k + 1) + k * logs[0] + (size - k) * logs[1]
        )
        for k in range(min(least, size + 1))
    )


def _quoted(name: str) -> Column:
    """The column of this name, whatever signs are in it."""
    from pyspark.sql import functions

    return functions.col("`" + name.replace("`", "``") + "`")


def _is_drawn(id: str, rate: float, seed: int) -> Column:
    from pyspark.sql import functions

    # A hash is any of 2^64 numbers, from -2^63 on.
    below = min(round(rate * 2**64) - 2**63, 2**63 - 1)
    return functions.xxhash64(_quoted(id).cast("string"), functions.lit(seed)) < functions.lit(below)


def _model_file(model: Finished) -> Path:
    path = model.folder if isinstance(model, Result) else model.path if isinstance(model, Model) else Path(model)
    return path / "model.kinfolk" if path.is_dir() else path


def _about(file: Path) -> dict[str, Any]:
    """The description in a model file; docs/model-file.md. A file that is none is refused by the program, in its words."""
    call("show", None, {}, argument=file)
    data = file.read_bytes()
    about: dict[str, Any] = json.loads(data[32 : 32 + int.from_bytes(data[24:32], "little")])
    return about


def _decimal(used: list[str], known: dict[str, Any], types: dict[str, str], flags: dict[str, Any]) -> dict[str, str]:
    """Numbers of Spark are handed over with a point, whatever the table of the model was written with."""
    numbers = [name for name in used if isinstance(known[name], dict) and "number" in known[name]]
    typed = [name for name in numbers if types[name] != "string"]
    if "decimal" in flags or all(known[name]["number"].get("decimal") in (None, ".") for name in typed):
        return {}
    if texts := [name for name in numbers if types[name] == "string"]:
        raise ValueError(
            f"the model's numbers were written with a decimal comma, and of this table's columns some are text "
            f"({', '.join(texts)}), others numbers ({', '.join(typed)}): make all of them numbers"
        )
    return {"decimal": "."}


def _refuse_outside(df: DataFrame, about: dict[str, Any], used: list[str], types: dict[str, str]) -> None:
    from pyspark.sql import functions

    spans = {
        column["column"]: column["values"]["number"]
        for column in about["columns"]
        if "number" in column["values"] and column["column"] in used and types[column["column"]] != "string"
    }
    counts = []
    for i, (name, span) in enumerate(spans.items()):
        value = _quoted(name).cast("double")
        present = value.isNotNull() & ~functions.isnan(value)
        outside = present & ((value < span["lowest"]) | (value > span["highest"]))
        counts += [functions.count_if(present).alias(f"p{i}"), functions.count_if(outside).alias(f"o{i}")]
    found = df.agg(*counts).first() if counts else ()
    for i, (name, span) in enumerate(spans.items()):
        present, outside = found[2 * i], found[2 * i + 1]
        if present >= _ENOUGH and 2 * outside > present:
            raise ValueError(
                f"column {name}: {outside:,} of {present:,} values lie below or above all of the model's, which go from "
                f"{span['lowest']} to {span['highest']}; segments would mean nothing\n"
                "are they in another unit, such as cents or days? if they are right, add allow_outside=True"
            )


def _query(df: DataFrame, view: str, flags: dict[str, Any]) -> str:
    """The query over ``view``, with the columns that all of its lines call for."""
    import pyarrow

    lines = df.limit(_LOOKED_AT).toArrow()
    # An event that is not among those lines may be weighed all the same.
    first = {**flags, "engagement": None} if lines.num_rows == _LOOKED_AT else flags
    query: str = _commands.features(lines, sql="spark", table=view, **first)
    if lines.num_rows == _LOOKED_AT:
        # The lines that are counted, as the query itself makes them.
        counted = query[: query.index("order_days AS (")].rstrip().rstrip(",")
        for role, most in (("channel", 12), ("event", 50)):
            taken = re.search(rf"CAST\(t\.`((?:[^`]|``)+)` AS STRING\)\), ''\) AS {role},", query)
            if taken is None:
                continue
            found = df.sparkSession.sql(
                f"{counted}\nSELECT {role} FROM lines WHERE {role} IS NOT NULL GROUP BY {role} "
                f"ORDER BY COUNT(*) DESC, {role} LIMIT {most}"
            )
            if names := [row[0] for row in found.collect()]:
                column = taken[1].replace("``", "`")
                each = pyarrow.array([names[i % len(names)] for i in range(lines.num_rows)])
                lines = lines.set_column(lines.column_names.index(column), column, each)
        query = _commands.features(lines, sql="spark", table=view, **flags)
    return query.rstrip().rstrip(";")
