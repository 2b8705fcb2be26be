"""A finished run: a folder of files, read when somebody asks."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from . import _kinfolk, _networks, _picture, _tables
from ._call import Heard, call


@dataclass
class Folder:
    """Where the files are. ``temporary`` removes them when nobody holds it any more."""

    path: Path
    temporary: tempfile.TemporaryDirectory[str] | None = None


def folder_of(given: _tables.Given | None, output: str | os.PathLike[str] | None, what: str) -> Folder:
    """``output``, or a temporary folder named as the program would name it."""
    if output is not None:
        return Folder(Path(output))
    stem = Path(given.path).name.partition(".")[0] if given and given.path else "table"
    temporary = tempfile.TemporaryDirectory(prefix="kinfolk-", ignore_cleanup_errors=True)
    return Folder(Path(temporary.name, f"{stem}-{what}"), temporary)


class _Table:
    """A CSV file of the folder as a table of the kind that went in, read once."""

    def __init__(self, file: str, doc: str) -> None:
        self.file = file
        self.__doc__ = f"{doc}\n\n``{file}``; docs/columns.md explains its columns."

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, result: Result | None, owner: type) -> Any:
        if result is None:
            return self
        path = result.folder / self.file
        if not path.exists():
            # levels.csv: where a resolution was given, nothing was examined.
            table = None
        else:
            table = _tables.read(path, result._kind, result._of_names)
        result.__dict__[self.name] = table
        return table


class Result:
    """What a run found. Tables are of the kind that went in: pandas, polars, pyarrow, else a dict of columns."""

    FIRST: ClassVar[str]
    levels = _Table("levels.csv", "Each scale examined; None where the resolution was given.")

    def __init__(self, folder: Folder, kind: str, types: dict[str, Any], heard: Heard | None) -> None:
        self._folder = folder
        self._kind = kind
        self._heard = heard
        if folder.temporary is not None and heard is not None:
            # A temporary place is nothing to tell.
            heard.printed = [text.replace(str(folder.path), folder.path.name) for text in heard.printed]
        self._of_names = _tables.type_of_names(types, self.guesses)

    @property
    def folder(self) -> Path:
        """Where the files are: ``output``, or a temporary folder that goes with this object."""
        return self._folder.path

    @cached_property
    def info(self) -> dict[str, Any]:
        """``summary.json``."""
        read: dict[str, Any] = json.loads((self.folder / "summary.json").read_bytes())
        return read

    @property
    def warnings(self) -> list[dict[str, str]]:
        """Everything noticed on the way, each with ``code`` and ``message``."""
        told: list[dict[str, str]] = self.info["warnings"]
        return told

    @property
    def guesses(self) -> str:
        """How the table was read and what became of each column, as the program says it before it runs."""
        return "\n".join(self._heard.said) if self._heard else ""

    def summary(self) -> str:
        """The closing words of the program; of results from ``load``, what ``kinfolk show`` says."""
        if self._heard is None:
            self._heard = call("show", None, {}, argument=self.folder)
        return "".join(self._heard.printed)

    def save(self, folder: str | os.PathLike[str], force: bool = False) -> Path:
        """Puts the files of the run into ``folder``, all or none, and returns it.

        A folder that holds other files is refused, unless ``force``: then they stay as they are.
        """
        listed = json.loads((self.folder / "run.json").read_bytes())["files"]
        return Path(_kinfolk.save(self.folder, [*listed, "run.json"], folder, force))

    def to_gexf(self, path: str | os.PathLike[str] | None = None) -> bytes | Path:
        """The network as a file for Gephi: its bytes, or written to ``path``."""
        gexf = (self.folder / "network.gexf").read_bytes()
        if path is None:
            return gexf
        Path(path).write_bytes(gexf)
        return Path(path)

    def to_networkx(self) -> Any:
        """The network as a ``networkx.Graph``: ids as nodes, with segment, place (x, y) and all that Gephi would see."""
        return _networks.to_networkx(self.folder / "network.gexf")

    def to_igraph(self) -> Any:
        """The network as an ``igraph.Graph``: ids as the vertex attribute ``name``."""
        return _networks.to_igraph(self.folder / "network.gexf")

    def to_scipy(self) -> tuple[Any, list[str]]:
        """The weights as a symmetric ``scipy.sparse.csr_array``, and the id of each row."""
        return _networks.to_scipy(self.folder / "network.gexf")

    def _title(self) -> str:
        raise NotImplementedError

    def _shown(self) -> _picture.Shown:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<kinfolk.{type(self).__name__}: {self._title()}>"

    def _repr_html_(self) -> str:
        return _picture.html(self._shown(), self.folder / "network.gexf")

    def __getstate__(self) -> dict[str, Any]:
        files = {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file()}
        return {"name": self.folder.name, "files": files, "kind": self._kind, "heard": self._heard, "of_names": self._of_names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="kinfolk-", ignore_cleanup_errors=True)
        path = Path(temporary.name, state["name"])
        path.mkdir()
        for name, content in state["files"].items():
            (path / name).write_bytes(content)
        Result.__init__(self, Folder(path, temporary), state["kind"], {}, state["heard"])
        self._of_names = state["of_names"]


class Model:
    """A finished segmentation without its customers: the file ``model.kinfolk``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def summary(self) -> str:
        """What ``kinfolk show`` says of it."""
        return "".join(call("show", None, {}, argument=self.path).printed)

    def assign(self, new: Any, **flags: Any) -> Any:
        """The segments of new customers: see ``kinfolk.assign``."""
        from ._commands import assign

        return assign(self, new, **flags)


class Segmentation(Result):
    """Segments and everything about them."""

    FIRST = "customers.csv"
    customers = _Table("customers.csv", "Each customer's segment, how sure it is, bridge score; in the order of the input.")
    segments = _Table("segments.csv", "Each segment's name, size, stability and verdict.")
    profiles = _Table("profiles.csv", "What marks each segment, in the units of the table.")
    features = _Table("features.csv", "How much each column has to say.")
    comparison = _Table("comparison.csv", "These segments and other methods under the same measures.")
    crosstab = _Table("crosstab.csv", "Customers that segments share with the clusters of other methods.")
    moved = _Table("moved.csv", "Customers whom other methods put with others than the segments do.")
    baseline_profiles = _Table("baseline_profiles.csv", "What marks the clusters of other methods, and who differs.")
    associations = _Table("associations.csv", "How much columns say of each other.")
    segment_map = _Table("segment_map.csv", "Which segments touch, and over which bridge customers.")

    @property
    def n_segments(self) -> int:
        """How many segments there are."""
        return len(self.info["segments"])

    def assign(self, new: Any, **flags: Any) -> Any:
        """The segments of new customers: see ``kinfolk.assign``."""
        from ._commands import assign

        return assign(self, new, **flags)

    @property
    def bridges(self) -> Any:
        """The customers who stand between two segments, the strongest first: rows of ``customers``."""
        return _tables.at_least(self.customers, self._kind, "bridge_score", _kinfolk.BRIDGE_SCORE)

    def _title(self) -> str:
        what = "parts" if self.info["parts"] else "segment" if self.n_segments == 1 else "segments"
        return f"{self.n_segments} {what} in {self.info['customers']:,} customers"

    def _shown(self) -> _picture.Shown:
        one, many = ("part", "parts") if self.info["parts"] else ("segment", "segments")
        header, rows = [one, "name", "customers", "share", "stability", "verdict"], []
        for group in self.info["segments"]:
            stability = group.get("stability")
            steady = "" if stability is None else f"{stability:.2f}"
            share = f"{100 * group['share']:.0f} %"
            rows.append([str(group["segment"]), group["name"], f"{group['customers']:,}", share, steady, group.get("verdict") or ""])
        notes = [] if self.info["supported"] is not False else ["The data support no segments: these are a convenience, not natural groups."]
        return _picture.Shown(self._title(), header, rows, "customers", many, notes)


class Communities(Result):
    """Communities of a network and everything about them."""

    FIRST = "nodes.csv"
    nodes = _Table("nodes.csv", "Each node's community and place.")
    community_map = _Table("community_map.csv", "Which communities touch, and over which nodes.")

    @property
    def n_communities(self) -> int:
        """How many communities there are."""
        return len(self.info["communities"])

    @property
    def bridges(self) -> Any:
        """The nodes who stand between two communities, the strongest first: rows of ``nodes``."""
        return _tables.at_least(self.nodes, self._kind, "bridge_score", _kinfolk.BRIDGE_SCORE)

    def _title(self) -> str:
        what = "community" if self.n_communities == 1 else "communities"
        return f"{self.n_communities} {what} in {self.info['graph']['nodes']:,} nodes"

    def _shown(self) -> _picture.Shown:
        rows = [[str(group["community"]), f"{group['nodes']:,}"] for group in self.info["communities"]]
        return _picture.Shown(self._title(), ["community", "nodes"], rows, "nodes", "communities")
