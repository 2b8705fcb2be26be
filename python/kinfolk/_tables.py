"""Tables as they come, into the bytes of a CSV file; the result's CSV files, into tables of the same kind."""

from __future__ import annotations

import array
import contextlib
import csv
import importlib
import importlib.util
import io
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from . import _kinfolk

# Columns of the result that are text, whatever their values look like.
_TEXT = {
    "node", "segment_name", "role", "name", "verdict", "typical_customer", "feature", "level", "type",
    "transform", "repeated_by", "method", "exemplar_1", "exemplar_2", "exemplar_3", "bridge_1", "bridge_2", "bridge_3",
    "cluster_name", "a", "b", "measure",
}  # fmt: skip


@dataclass
class Given:
    """A table that is to be read: a file, or bytes in memory, and what it was."""

    path: str | None = None
    name: str = "table"
    data: bytes | None = None
    kind: str = "dict"
    types: dict[str, Any] = field(default_factory=dict)
    # Whether numbers with digits behind a point are in it, written here.
    points: bool = False


def given(table: Any) -> Given:
    """What the engine reads: the path of a file, or CSV bytes of a table in memory."""
    if isinstance(table, (str, os.PathLike)):
        return Given(path=os.fspath(table), kind=installed())
    if isinstance(table, (bytes, bytearray, memoryview)):
        return Given(data=bytes(table), kind=installed())
    if isinstance(table, Mapping):
        whole = {name: int for name, column in table.items() if all(map(_is_whole, column))}
        points = any(_is_fraction(value) for column in table.values() for value in column)
        return Given(data=_csv_of_columns(table), types=whole, points=points)
    module = type(table).__module__.partition(".")[0]
    if module == "pandas" and hasattr(table, "to_csv"):
        return _of_pandas(table)
    if module == "polars" and hasattr(table, "collect"):
        table = table.collect()
    if module == "polars" and hasattr(table, "write_csv"):
        points = any(dtype.is_float() or dtype.is_decimal() for dtype in table.dtypes)
        return Given(data=table.write_csv().encode(), kind="polars", types=dict(table.schema), points=points)
    if hasattr(table, "__arrow_c_stream__") or module == "pyarrow":
        return _of_arrow(table)
    raise TypeError(
        f"a table is a path, bytes, a dict of columns, or a table of pandas, polars, pyarrow or anything with "
        f"__arrow_c_stream__, not {type(table).__name__}"
    )


def installed() -> str:
    """The kind of table for a file's results: pandas, polars or pyarrow, whichever there is."""
    for kind in ("pandas", "polars", "pyarrow"):
        if importlib.util.find_spec(kind):
            return kind
    return "dict"


def _of_pandas(table: Any) -> Given:
    # A named index holds something; a plain one counts rows.
    named = any(name is not None for name in table.index.names)
    types = {str(name): dtype for name, dtype in table.dtypes.items()}
    if named and table.index.nlevels == 1:
        types[str(table.index.name)] = table.index.dtype
    points = any(dtype.kind == "f" for dtype in types.values())
    if table.columns.nlevels == 1:
        index = [table.index.get_level_values(at) for at in range(table.index.nlevels)] if named else []
        columns = [*index, *(table.iloc[:, at] for at in range(table.shape[1]))]
        names = [*(["" if name is None else name for name in table.index.names] if named else []), *table.columns]
        data = _kinfolk.csv([_written([name]) for name in names], [_pandas_column(one) for one in columns])
    else:
        data = table.to_csv(index=named, lineterminator="\n").encode()
    return Given(data=data, kind="pandas", types=types, points=points)


def _pandas_column(column: Any) -> tuple[str, bytes]:
    """A column, or a level of an index, as the engine takes it."""
    kind = str(column.dtype)
    if kind in ("float64", "int64"):
        return kind, column.to_numpy().tobytes()
    frame = column.to_frame()
    return "csv", frame.to_csv(index=False, header=False, lineterminator="\n").encode()


def _of_arrow(table: Any) -> Given:
    try:
        arrow, arrow_csv = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.csv")
    except ImportError:
        raise ImportError(f"pyarrow is needed to read a {type(table).__name__}: pip install pyarrow") from None
    if isinstance(table, arrow.RecordBatch):
        table = arrow.Table.from_batches([table])
    elif not isinstance(table, arrow.Table):
        table = arrow.table(table)
    out = io.BytesIO()
    arrow_csv.write_csv(table, out)
    types = {column.name: column.type for column in table.schema}
    points = any(arrow.types.is_floating(one) or arrow.types.is_decimal(one) for one in types.values())
    return Given(data=out.getvalue(), kind="pyarrow", types=types, points=points)


def _csv_of_columns(table: Mapping[str, Any]) -> bytes:
    for name, column in table.items():
        if getattr(column, "ndim", 1) != 1:
            raise ValueError(f"column {name!r} has {column.ndim} dimensions; give each of its columns a name of its own")
    lengths = {name: len(column) for name, column in table.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length: {lengths}")
    return _kinfolk.csv([_written([name]) for name in table], list(map(_column, table.values())))


def _column(column: Any) -> tuple[str, bytes]:
    """An array or a list as the engine takes it."""
    # Plain arrays alone: a masked one's bytes have what the mask hides.
    plain = type(column).__module__ == "numpy" and type(column).__name__ == "ndarray"
    kind = str(column.dtype) if plain else ""
    if kind in ("float64", "int64"):
        return kind, column.tobytes()
    if all(type(value) is float for value in column):
        return "float64", array.array("d", column).tobytes()
    if all(type(value) is int for value in column):
        with contextlib.suppress(OverflowError):
            return "int64", array.array("q", column).tobytes()
    return "csv", (_written(map(_cell, column)) + "\n").encode()


def _written(cells: Iterable[Any]) -> str:
    """Cells of one column as the lines of a CSV file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([cell] for cell in cells)
    return out.getvalue().removesuffix("\n")


def _is_whole(value: Any) -> bool:
    """Whether it is an int of Python or of numpy."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_fraction(value: Any) -> bool:
    return isinstance(value, (Real, Decimal)) and not isinstance(value, Integral)


def _cell(value: Any) -> Any:
    return "" if value is None or value != value else value


def type_of_names(types: Mapping[str, Any], said: str) -> Any:
    """The type of the column that names the customers, or the nodes, by what the program says that it took."""
    said = said.replace("\n", ",") + ","
    for name, one in types.items():
        takes = (f"customers named by column {name},", f"customers named by column {name} as asked", f"from column {name} to")
        if any(words in said for words in takes):
            return one
    return None


def read(path: os.PathLike[str], kind: str, of_names: Any = None) -> Any:
    """A CSV file of the result as a table of ``kind``; the identifier has the type ``of_names``, where that fits."""
    with open(path, "rb") as file:
        header = file.readline().decode("utf-8-sig")
    if header.count(";") > header.count(","):
        raise ValueError(f"{path} was written for a spreadsheet (decimal_comma): read it with that in mind")
    names = next(csv.reader([header]))
    text = [n for n in names if n in _TEXT]
    if names and names[0] not in ("segment", "method", "resolution", "segment_a", "community_a"):
        text.append(names[0])
    table = _READERS[kind](path, text)
    if of_names is None or names[0] not in ("customer_id", "node"):
        return table
    try:
        return _CASTS[kind](table, names[0], of_names)
    except Exception:  # noqa: BLE001 - three libraries, each with its own errors; the text stays
        return table


def _read_pandas(path: Any, text: list[str]) -> Any:
    import pandas

    types = dict.fromkeys(text, "str")
    # From version 3 on numbers are always read exactly.
    exact = {} if int(pandas.__version__.partition(".")[0]) >= 3 else {"float_precision": "round_trip"}
    return pandas.read_csv(path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8-sig", **exact)


def _read_polars(path: Any, text: list[str]) -> Any:
    import polars

    return polars.read_csv(path, schema_overrides=dict.fromkeys(text, polars.String), infer_schema_length=None)


def _read_pyarrow(path: Any, text: list[str]) -> Any:
    import pyarrow
    from pyarrow import csv as arrow_csv

    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(text, pyarrow.string()), strings_can_be_null=True, null_values=[""]
    )
    parse = arrow_csv.ParseOptions(newlines_in_values=True)
    return arrow_csv.read_csv(path, convert_options=convert, parse_options=parse)


def _read_dict(path: Any, text: list[str]) -> dict[str, list[Any]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        names, *rows = csv.reader(file)
    columns = zip(*rows) if rows else ([] for _ in names)
    return {
        name: [cell or None if name in text else _value(cell) for cell in column]
        for name, column in zip(names, columns)
    }


def _value(cell: str) -> Any:
    if cell in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[cell]
    for number in (int, float):
        try:
            return number(cell)
        except ValueError:
            pass
    return cell


_READERS = {"pandas": _read_pandas, "polars": _read_polars, "pyarrow": _read_pyarrow, "dict": _read_dict}


def _cast_pyarrow(table: Any, name: str, of_names: Any) -> Any:
    at = table.schema.get_field_index(name)
    return table.set_column(at, name, table.column(at).cast(of_names))


_CASTS: dict[str, Callable[[Any, str, Any], Any]] = {
    "pandas": lambda table, name, of_names: table.astype({name: of_names}),
    "polars": lambda table, name, of_names: table.cast({name: of_names}),
    "pyarrow": _cast_pyarrow,
    "dict": lambda table, name, of_names: {**table, name: [of_names(cell) for cell in table[name]]},
}


def at_least(table: Any, kind: str, column: str, least: float) -> Any:
    """The rows whose ``column`` is at least ``least``, the highest first."""
    if kind == "pandas":
        return table[table[column] >= least].sort_values(column, ascending=False, kind="stable", ignore_index=True)
    if kind == "polars":
        return table.filter(table[column] >= least).sort(column, descending=True, maintain_order=True)
    values = table.column(column).to_pylist() if kind == "pyarrow" else table[column]
    rows = [row for row, value in enumerate(values) if value is not None and value >= least]
    rows.sort(key=lambda row: -values[row])
    if kind == "pyarrow":
        return table.take(rows)
    return {name: [cells[row] for row in rows] for name, cells in table.items()}
