"""Customer segments that emerge from a similarity graph, with evidence.

The same engine as the program ``kinfolk``: the same flags, the same files, byte for byte.

>>> import kinfolk
>>> shop = kinfolk.generate(customers=400, segments=3, seed=7)
>>> found = kinfolk.segment(shop, truth="true_segment", ignore="bridge_between")
>>> found.n_segments
3
>>> print(found.summary().splitlines()[0])
3 segments in 400 customers
"""

from ._call import KinfolkWarning
from ._commands import assign, communities, features, generate, load, plan, segment
from ._kinfolk import NoSegments, __version__
from ._result import Communities, Model, Result, Segmentation

__all__ = [
    "Communities",
    "GraphSegmenter",
    "KinfolkWarning",
    "NoSegments",
    "Model",
    "Result",
    "Segmentation",
    "__version__",
    "assign",
    "communities",
    "features",
    "generate",
    "load",
    "plan",
    "segment",
]


def __getattr__(name: str) -> object:
    # scikit-learn takes a second to import: only for those who ask for it.
    if name == "GraphSegmenter":
        from ._sklearn import GraphSegmenter

        return GraphSegmenter
    raise AttributeError(f"module 'kinfolk' has no attribute {name!r}")
