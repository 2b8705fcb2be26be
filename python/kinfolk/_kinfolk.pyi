from collections.abc import Callable
from os import PathLike

__all__ = ["BRIDGE_SCORE", "NoSegments", "__version__", "csv", "run", "save"]

__version__: str
BRIDGE_SCORE: float

class NoSegments(ValueError): ...

def run(
    words: list[str],
    name: str,
    data: bytes | None,
    hear: Callable[[str, str, str], object],
) -> None: ...
def save(
    from_: str | PathLike[str],
    names: list[str],
    to: str | PathLike[str],
    force: bool,
) -> str: ...
def csv(names: list[str], columns: list[tuple[str, bytes]]) -> bytes: ...
