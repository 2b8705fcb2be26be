"""What ``kinfolk.spark.assign`` does in the executors: the model is shipped to them, and each task answers its rows."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _commands
from ._call import KinfolkWarning

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

#: The columns of ``kinfolk assign`` behind the identifier, with their types in Spark. docs/columns.md explains them.
COLUMNS = {
    "segment": "int",
    "segment_name": "string",
    "probability": "double",
    "second_segment": "int",
    "second_probability": "double",
    "bridge_from": "int",
    "bridge_to": "int",
    "novelty_p": "double",
    "nearest_segment": "int",
    "missing_values": "int",
    "unknown_categories": "int",
    "values_outside": "int",
}

#: Model files stay as long as this process, for executors that come later.
_shipped: dict[tuple[str, str], str] = {}
_folder: tempfile.TemporaryDirectory[str] | None = None


def ship(df: DataFrame, file: Path) -> str:
    """Hands the model to every executor; its name there."""
    global _folder
    data = file.read_bytes()
    context = df.sparkSession.sparkContext
    key = context.applicationId, hashlib.sha256(data).hexdigest()
    if key not in _shipped:
        _folder = _folder or tempfile.TemporaryDirectory(prefix="kinfolk-spark-")
        copy = Path(_folder.name, f"{key[1]}.kinfolk")
        if not copy.exists():
            copy.write_bytes(data)
        context.addFile(str(copy))
        _shipped[key] = copy.name
    return _shipped[key]


def answering(
    shipped: str, identifier: str, rows: int, flags: dict[str, Any]
) -> Callable[[Iterator[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
    """What an executor does with a partition."""

    def answer(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        from pyspark import SparkFiles, TaskContext

        context = TaskContext.get()
        given = {"threads": context.cpus() if context else 1, **flags, "allow_outside": True}
        for table in gathered(batches, rows):
            yield from answered(SparkFiles.get(shipped), table, identifier, given).to_batches()

    return answer


def gathered(batches: Iterator[pyarrow.RecordBatch], rows: int) -> Iterator[pyarrow.Table]:
    """Batches as tables of ``rows`` rows or a little more; the last one of what is left."""
    import pyarrow

    waiting: list[pyarrow.RecordBatch] = []
    for batch in batches:
        if batch.num_rows:
            waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= rows:
            yield pyarrow.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pyarrow.Table.from_batches(waiting)


def answered(model: str, table: pyarrow.Table, identifier: str, flags: dict[str, Any]) -> pyarrow.Table:
    import pyarrow

    with warnings.catch_warnings():
        # Columns of the answer say the same of each customer.
        warnings.simplefilter("ignore", KinfolkWarning)
        answers = _commands.assign(model, table, **flags)
    if answers.num_rows != table.num_rows:
        raise RuntimeError(f"{answers.num_rows} answers to {table.num_rows} customers")
    types = {"int": pyarrow.int32(), "string": pyarrow.string(), "double": pyarrow.float64()}
    columns = {name: answers.column(name).cast(types[kind]) for name, kind in COLUMNS.items()}
    # Answers stand in the order of the questions; identifiers are those that came, not what a text file makes of them.
    return pyarrow.table({"customer_id": table.column(identifier), **columns})
