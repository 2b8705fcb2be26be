"""The segments as a clusterer of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ._commands import segment

_ID = "row"


class GraphSegmenter(ClusterMixin, BaseEstimator):
    """Communities of the nearest-neighbor graph, as many as the data support.

    Parameters are flags of ``kinfolk segment``. ``n_segments`` is ``--segments``, ``threads=None`` all cores. Columns are
    numbers; a missing one is NaN. Whatever else the table has (categories, dates, codes) is for ``kinfolk.segment``.

    After ``fit``: ``labels_`` (from 0, the largest segment first), ``n_segments_``, ``supported_`` (whether the segments rest
    on evidence: True, False, or None where it was not examined), ``probabilities_`` (that a sample of the customers puts this
    one into its segment; NaN where it was not examined), ``result_`` (a ``kinfolk.Segmentation``).

    ``predict`` puts new customers into the segment that their nearest customers speak for, as ``kinfolk assign --novelty 0``
    does; ``result_.assign`` says more (how probable, and who is in none). There is no ``predict_proba``: probabilities are
    of the first and the second segment, not of all.

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

    def predict(self, X: Any) -> numpy.ndarray:
        """The segment (from 0) of each new row. A row that ``fit`` has seen may get another one where it is in doubt."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=numpy.float64, ensure_all_finite="allow-nan")
        assigned = self.result_.assign(_table(X), novelty=0, allow_outside=True, threads=self.threads)
        return numpy.asarray(assigned["nearest_segment"], dtype=numpy.intp) - 1

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _table(X: numpy.ndarray) -> dict[str, Any]:
    """Numbers by column, and the rows' numbers as ids, so that no column is taken for one."""
    return {_ID: range(len(X)), **{f"x{at}": X[:, at].tolist() for at in range(X.shape[1])}}
