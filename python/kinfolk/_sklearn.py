"""The segments as a clusterer of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ._commands import segment

if TYPE_CHECKING:
    Numbers = numpy.ndarray[Any, numpy.dtype[Any]]

_ID = "row"


class GraphSegmenter(ClusterMixin, BaseEstimator):
    """Communities of the nearest-neighbor graph, as many as the data support.

    Parameters are flags of ``kinfolk segment``. ``n_segments`` is ``--segments``, ``threads=None`` all cores. Columns are
    numbers; a missing one is NaN. Whatever else the table has (categories, dates, codes) is for ``kinfolk.segment``.

    After ``fit``: ``labels_`` (from 0, the largest segment first), ``n_segments_``, ``supported_`` (whether the segments rest
    on evidence: True, False, or None where it was not examined), ``probabilities_`` (that a sample of the customers puts this
    one into its segment; NaN where it was not examined), ``result_`` (a ``kinfolk.Segmentation``).

    ``predict`` puts new customers into the segment that their nearest customers speak for, as ``kinfolk assign --novelty 0``
    does, and ``predict_proba`` says how probable that is; ``result_.assign`` says more (who is in none, who stands between two).

    >>> from sklearn.datasets import make_blobs
    >>> from kinfolk import GraphSegmenter
    >>> X, truth = make_blobs(300, centers=3, cluster_std=0.5, random_state=0)
    >>> segmenter = GraphSegmenter().fit(X)
    >>> segmenter.n_segments_, bool((segmenter.predict(X[:5]) == segmenter.labels_[:5]).all())
    (3, True)
    """

    def __init__(
        self,
        *,
        n_segments: int | None = None,
        neighbors: int | str = "auto",
        resolution: float | str = "auto",
        scale: str = "auto",
        metric: str = "auto",
        similarity: str = "auto",
        search: str = "auto",
        method: str = "louvain",
        min_size: int | str | None = None,
        max_segments: int | None = None,
        random_state: int = 42,
        threads: int | None = None,
    ) -> None:
        self.n_segments = n_segments
        self.neighbors = neighbors
        self.resolution = resolution
        self.scale = scale
        self.metric = metric
        self.similarity = similarity
        self.search = search
        self.method = method
        self.min_size = min_size
        self.max_segments = max_segments
        self.random_state = random_state
        self.threads = threads

    def fit(self, X: Any, y: Any = None) -> GraphSegmenter:
        """Finds the segments of the rows of ``X`` (customers by columns); ``y`` is ignored."""
        X = validate_data(self, X, dtype=numpy.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        table = _table(X)
        names = [name for name in table if name != _ID]
        flags = {name: value for name, value in self.get_params().items() if name not in ("n_segments", "random_state")}
        flags |= {"segments": self.n_segments, "seed": self.random_state, "baselines": "none", "layout": "pca", "no_report": True}
        self.result_ = segment(table, id=_ID, features=names, type=dict.fromkeys(names, "number"), **flags)
        customers = self.result_.customers
        self.labels_ = numpy.asarray(customers["segment"], dtype=numpy.intp) - 1
        self.probabilities_ = numpy.asarray(customers["probability"], dtype=numpy.float64)
        self.n_segments_ = self.result_.n_segments
        self.supported_ = self.result_.info["supported"]
        return self

    def predict(self, X: Any) -> Numbers:
        """The segment (from 0) of each new row. A row that ``fit`` has seen may get another one where it is in doubt."""
        segments: Numbers = numpy.asarray(self._assigned(X)["nearest_segment"], dtype=numpy.intp) - 1
        return segments

    def predict_proba(self, X: Any) -> Numbers:
        """How probable each segment is for each new row: rows by segments, each row adds up to 1, the largest is ``predict``'s.

        The model tells the probabilities of two segments, the nearest and the second. What is left is for segments that it
        does not tell apart: each of them gets the same, at most what the second one has. Where more than half of the
        columns are missing, all segments get the same.
        """
        assigned = self._assigned(X)
        nearest = numpy.asarray(assigned["nearest_segment"], dtype=numpy.intp) - 1
        first = numpy.asarray(assigned["probability"], dtype=numpy.float64)
        first = numpy.where(numpy.isnan(first), 1 / self.n_segments_, first)
        # None where there is no second one.
        other = numpy.asarray(assigned["second_segment"], dtype=numpy.float64)
        second = numpy.nan_to_num(numpy.asarray(assigned["second_probability"], dtype=numpy.float64))
        # Whoever is in the middle falls to either as often, and is predicted to be in one.
        below = first * (1 - 1e-12)
        second = numpy.minimum(second, below)
        has_second = ~numpy.isnan(other)
        untold = numpy.maximum(self.n_segments_ - 1 - has_second, 1)
        share = numpy.minimum((1 - first - second) / untold, numpy.where(has_second, second, below))
        shares: Numbers = numpy.repeat(numpy.maximum(share, 0)[:, None], self.n_segments_, axis=1)
        rows = numpy.arange(len(nearest))
        shares[rows[has_second], other[has_second].astype(numpy.intp) - 1] = second[has_second]
        shares[rows, nearest] = first
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def _assigned(self, X: Any) -> Any:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=numpy.float64, ensure_all_finite="allow-nan")
        return self.result_.assign(_table(X), novelty=0, allow_outside=True, threads=self.threads)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _table(X: Numbers) -> dict[str, Any]:
    """Numbers by column, and the rows' numbers as ids, so that no column is taken for one."""
    return {_ID: range(len(X)), **{f"x{at}": X[:, at] for at in range(X.shape[1])}}
