"""Keyword arguments into the words of a command line, and what is said into warnings and progress."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from . import _kinfolk
from ._tables import Given

Progress = bool | Callable[[str], object]


class KinfolkWarning(UserWarning):
    """What a person should know about a result although it is one. ``code`` is its stable name."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def words(flags: Mapping[str, object]) -> list[str]:
    """The command line's words for keyword arguments.

    ``True`` sets a flag, ``False`` and ``None`` leave it out, lists repeat it, and a dict is ``COLUMN=VALUE`` for each entry.

    >>> words({"min_size": "2%", "excel": True, "force": False, "type": {"zip": "category"}, "ignore": ["a", "b"]})
    ['--min-size=2%', '--excel', '--type=zip=category', '--ignore=a', '--ignore=b']
    """
    out = []
    for name, value in flags.items():
        flag = "--" + name.strip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            out.append(flag)
        elif isinstance(value, Mapping):
            out += [f"{flag}={column}={one}" for column, one in value.items()]
        elif isinstance(value, os.PathLike):
            out.append(f"{flag}={os.fspath(value)}")
        elif isinstance(value, Iterable) and not isinstance(value, str):
            out += [f"{flag}={one}" for one in value]
        else:
            out.append(f"{flag}={value}")
    return out


@dataclass
class Heard:
    """What a run said: before the results (``said``), and after them (``printed``)."""

    said: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def call(
    command: str,
    given: Given | None,
    flags: Mapping[str, object],
    progress: Progress = False,
    argument: str | os.PathLike[str] | None = None,
) -> Heard:
    """Runs ``command`` and gives back what it said. Warnings become Python's. ``argument`` stands before the table."""
    line = [command, *words(flags), "--"]
    if argument is not None:
        line.append(os.fspath(argument))
    if given is not None:
        line.append("-" if given.path is None else given.path)
    heard = Heard()
    begin, end = _shown(progress)

    def hear(kind: str, code: str, text: str) -> None:
        if kind == "stage":
            begin(text)
        elif kind == "warning":
            heard.warnings.append((code, text))
        elif kind == "said":
            heard.said.append(text)
        else:
            heard.printed.append(text)

    try:
        _kinfolk.run(line, given.name if given else "", given.data if given else None, hear)
    finally:
        end()
    for code, text in heard.warnings:
        # 1 is here, 2 the command's function, 3 whoever called that.
        warnings.warn(KinfolkWarning(text, code), stacklevel=3)
    return heard


def _shown(progress: Progress) -> tuple[Callable[[str], object], Callable[[], object]]:
    """What to call when a stage begins, and at the end."""
    if progress is False:
        return lambda stage: None, lambda: None
    if progress is not True:
        return progress, lambda: None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return lambda stage: print(stage, file=sys.stderr), lambda: None
    bar = tqdm(unit=" stages")

    def begin(stage: str) -> None:
        bar.set_description(stage, refresh=False)
        bar.update()

    return begin, bar.close
