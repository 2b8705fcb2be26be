import os
import subprocess
from pathlib import Path

import kinfolk
import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = {"truth": "true_segment", "ignore": ["bridge_between"], "threads": 2}


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """A table of 600 customers as a file."""
    path = tmp_path_factory.mktemp("shop") / "shop.csv"
    path.write_bytes(kinfolk.generate(customers=600, segments=3, bridges=20, seed=7))
    return path


@pytest.fixture(scope="session")
def found(shop):
    return kinfolk.segment(shop, **FLAGS)


@pytest.fixture(scope="session")
def program():
    """The program of the same source, where it was built (the Rust test names it)."""
    path = Path(os.environ.get("KINFOLK_PROGRAM", ROOT / "target" / "debug" / "kinfolk"))
    if not path.exists():
        pytest.skip(f"{path} was not built")
    return lambda *words: subprocess.run([path, *words], check=True, capture_output=True, text=True)
