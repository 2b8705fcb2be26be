"""The Python blocks of docs/from-a-database.md do what the page says."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "from-a-database.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.S)


@pytest.fixture
def customers(tmp_path):
    """The shop without the columns that are the answer, as the page has it: a file, and a folder of Parquet files."""
    polars = pytest.importorskip("polars")
    shop = polars.read_csv(ROOT / "datasets" / "shop_customers.csv").drop("true_segment", "bridge_between")
    shop.write_csv(tmp_path / "customers.csv")
    (tmp_path / "customers").mkdir()
    for half in (0, 1):
        shop.gather_every(2, half).write_parquet(tmp_path / "customers" / f"{half}.parquet")
    return tmp_path


def test_the_page_has_blocks():
    assert len(BLOCKS) == 3


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block, customers):
    for library in re.findall(r"^import (\w+)", block, re.M):
        pytest.importorskip(library)
    check = "\nassert found.n_segments == 5\n"
    if "join" in block and "polars" not in block:
        check += "assert customers['segment'].notna().all() and len(customers) == 1500\n"
    if "with-segments.parquet" in block:
        check += "assert polars.read_parquet('with-segments.parquet')['segment'].null_count() == 0\n"
    done = subprocess.run([sys.executable, "-c", block + check], cwd=customers, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
