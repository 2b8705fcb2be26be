"""The commands of the program as functions."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from . import _networks, _tables
from ._call import Progress, call
from ._result import Communities, Model, Result, Segmentation, folder_of


def segment(table: Any, *, progress: Progress = False, **flags: Any) -> Segmentation:
    """Finds customer segments in a table without being told how many there are.

    ``table`` is a path, bytes, or a table of pandas, polars, pyarrow, a dict of columns, or anything with
    ``__arrow_c_stream__``. Of a pandas table, an index that has a name is a column.

    ``flags`` are those of ``kinfolk segment --help`` with underscores: ``id="customer_id"``, ``neighbors=15``,
    ``resolution=1.0``, ``segments=6``, ``ignore=["postcode", "notes"]``, ``type={"region": "category"}``,
    ``missing={"duration": 0}``, ``require_segments=True``, ``threads=2``, ``seed=42``. ``output="folder"`` keeps the files
    there; else they are in a temporary folder that goes with the result. A ``kinfolk.toml`` is read only if ``config``
    names it.

    ``progress`` is True (a bar by tqdm where there is one) or a function of each stage's name.

    Raises ValueError where data or flags are wrong, OSError where a file cannot be read or written, NoSegments (a
    ValueError) where ``require_segments=True`` and there are none, each with the words of the program.

    >>> import kinfolk
    >>> shop = kinfolk.generate(customers=400, segments=3, seed=7)
    >>> found = kinfolk.segment(shop, ignore=["true_segment", "bridge_between"], seed=1)
    >>> found.info["customers"], found.info["supported"]
    (400, True)
    """
    given = _tables.given(table)
    folder = folder_of(given, flags.pop("output", None), "segments")
    heard = call("segment", given, {**flags, "output": folder.path}, progress)
    return Segmentation(folder, given.kind, given.types, heard)


def communities(edges: Any, *, progress: Progress = False, **flags: Any) -> Communities:
    """Communities of a network that exists: a table with the columns source, target and, if you like, weight; a path of such
    a table; or a network of networkx, igraph or scipy.sparse.

    ``flags`` are those of ``kinfolk communities --help``, such as ``resolution="auto"`` or ``trials=20``.

    >>> import kinfolk
    >>> two = {"source": ["a", "b", "a", "d", "e", "d", "c"], "target": ["b", "c", "c", "e", "f", "f", "d"]}
    >>> kinfolk.communities(two).n_communities
    2
    """
    table = _networks.edges(edges)
    given = _tables.given(table)
    if table is not edges:
        given.kind = _tables.installed()
    folder = folder_of(given, flags.pop("output", None), "communities")
    heard = call("communities", given, {**flags, "output": folder.path}, progress)
    return Communities(folder, given.kind, given.types, heard)


def assign(
    model: Model | Segmentation | str | os.PathLike[str], new: Any, *, progress: Progress = False, **flags: Any
) -> Any:
    """The segments of new customers by a finished segmentation: ``kinfolk assign``, as a table of the kind of ``new``.

    ``model`` is a result, or the path of a model or of a folder that has one. ``flags`` are those of
    ``kinfolk assign --help``, such as ``novelty=0.05``. docs/columns.md explains the columns (``assigned.csv``).

    >>> import kinfolk
    >>> shop = kinfolk.generate(customers=400, segments=3, seed=7)
    >>> found = kinfolk.segment(shop, ignore="true_segment,bridge_between")
    >>> len(found.assign(shop)["segment"])
    400
    """
    given = _tables.given(new)
    place = model.folder if isinstance(model, Result) else model.path if isinstance(model, Model) else model
    if given.points:
        # Whatever mark the model's own table was written with.
        flags = {"decimal": ".", **flags}
    with tempfile.TemporaryDirectory(prefix="kinfolk-") as folder:
        path = Path(folder, "assigned.csv")
        heard = call("assign", given, {**flags, "output": path}, progress, argument=place)
        return _tables.read(path, given.kind, _tables.type_of_names(given.types, "\n".join(heard.said)))


def features(lines: Any, /, *, progress: Progress = False, **flags: Any) -> Any:
    """Purchase lines or events into one row per customer: ``kinfolk features``, as a table of the kind of ``lines``.

    ``flags`` are those of ``kinfolk features --help``, such as ``customer="client"``, ``as_of="2024-12-31"``. With ``sql``, such
    as ``sql="duckdb"``, the query that computes the same table in that database.

    >>> import kinfolk
    >>> lines = {"customer": ["a", "a", "b"], "date": ["2024-01-01", "2024-02-01", "2024-01-15"], "amount": [10.0, 20.0, 5.0]}
    >>> len(kinfolk.features(lines)["customer_id"])
    2
    """
    given = _tables.given(lines)
    with tempfile.TemporaryDirectory(prefix="kinfolk-") as folder:
        if given.data is not None:
            # The lines may be read twice.
            given.path = os.fspath(Path(folder, given.name + ".csv"))
            Path(given.path).write_bytes(given.data)
            given.data = None
        if flags.get("sql"):
            return "".join(call("features", given, flags, progress).printed)
        path = Path(folder, "customers.csv")
        call("features", given, {**flags, "output": path}, progress)
        return _tables.read(path, given.kind)


def plan(table: Any, **flags: Any) -> dict[str, Any]:
    """What ``segment`` with these flags would take, measured on a sample: seconds, bytes of memory, whether it fits.

    >>> import kinfolk
    >>> kinfolk.plan(kinfolk.generate(customers=400, segments=3))["customers"]
    400
    """
    heard = call("segment", _tables.given(table), {**flags, "plan": True, "json": True})
    planned: dict[str, Any] = json.loads("".join(heard.printed))
    return planned


def generate(**flags: Any) -> bytes:
    """Example customers with known segments, as the bytes of a CSV file that ``segment`` and any reader take.

    ``flags`` are those of ``kinfolk generate --help``: ``customers``, ``segments``, ``bridges``, ``missing``, ``seed`` ...

    >>> import kinfolk
    >>> kinfolk.generate(customers=100, segments=2).decode().splitlines()[0][:25]
    'customer_id,recency_days,'
    """
    with tempfile.TemporaryDirectory(prefix="kinfolk-") as folder:
        path = Path(folder, "customers.csv")
        call("generate", None, {**flags, "output": path})
        return path.read_bytes()


def load(folder: str | os.PathLike[str]) -> Result | Model:
    """The results that ``kinfolk segment``, ``kinfolk communities`` or ``.save()`` left in a folder; of a file, the model.

    >>> import kinfolk, tempfile
    >>> found = kinfolk.segment(kinfolk.generate(customers=400, segments=3, seed=7), ignore="true_segment,bridge_between")
    >>> kinfolk.load(found.save(tempfile.mkdtemp())).n_segments
    3
    """
    path = Path(folder)
    if path.is_file():
        return Model(path)
    for kind in (Segmentation, Communities):
        if (path / kind.FIRST).exists():
            return kind(folder_of(None, path, ""), _tables.installed(), {}, None)
    raise FileNotFoundError(f"{path} holds neither {Segmentation.FIRST} nor {Communities.FIRST}: no results of kinfolk")
