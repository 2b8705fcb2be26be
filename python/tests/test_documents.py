"""The Python blocks of the pages do what they say: `python` as they stand, `py` beside a stand-in for the system that they need."""

import re
import shlex
import subprocess
import sys
import types

import kinfolk
import pytest
from conftest import ROOT


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / page).read_text(), re.S)


def block(page, word):
    """The one `py` block of the page that has the word."""
    (found,) = (one for one in blocks(page, "py") if word in one)
    return found


BLOCKS = blocks("from-a-database.md", "python")


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


@pytest.mark.parametrize("page", ["from-a-database.md", "beyond-one-machine.md"])
def test_every_block_is_python(page):
    for language in ("py", "python"):
        for one in blocks(page, language):
            compile(one, page, "exec")


def test_the_recipe_for_dataiku(customers, monkeypatch):
    pandas = pytest.importorskip("pandas")
    written, uploaded = {}, {}

    class Dataset:
        def __init__(self, name):
            self.name = name

        def get_dataframe(self, infer_with_pandas=True):
            return pandas.read_csv(customers / f"{self.name}.csv")

        def write_with_schema(self, table):
            written[self.name] = table

    class Folder:
        def __init__(self, name):
            self.name = name

        def upload_file(self, path, file):
            with open(file, "rb") as read:
                uploaded[self.name, path] = read.read()

    stand_in = types.ModuleType("dataiku")
    stand_in.Dataset, stand_in.Folder = Dataset, Folder
    monkeypatch.setitem(sys.modules, "dataiku", stand_in)
    exec(block("from-a-database.md", "import dataiku"), {})
    assert list(written) == ["segments"] and written["segments"]["segment"].nunique() == 5
    assert b"<html" in uploaded["results", "report.html"]


def test_the_task_for_airflow(customers, program, monkeypatch):
    tasks = []

    class BashOperator:
        def __init__(self, *, task_id, bash_command, skip_on_exit_code):
            tasks.append((task_id, shlex.split(bash_command), skip_on_exit_code))

    module = types.ModuleType("bash")
    module.BashOperator = BashOperator
    monkeypatch.setitem(sys.modules, "airflow.providers.standard.operators.bash", module)
    for package in ("airflow", "airflow.providers", "airflow.providers.standard", "airflow.providers.standard.operators"):
        monkeypatch.setitem(sys.modules, package, types.ModuleType(package))
    exec(block("from-a-database.md", "BashOperator"), {})
    ((name, words, skipped),) = tasks
    assert (name, words[0], skipped) == ("segment", "kinfolk", 3)
    # Twice, as tasks are.
    for _ in range(2):
        program(*(word.replace("/data", str(customers)) for word in words[1:]))
    assert (customers / "segments" / "report.html").exists()


@pytest.fixture
def with_model(customers, monkeypatch):
    """The folder of the page `beyond-one-machine.md`: a model, and the answers to everybody."""
    pandas = pytest.importorskip("pandas")
    monkeypatch.chdir(customers)
    found = kinfolk.segment("customers.csv")
    (customers / "model.kinfolk").write_bytes((found.folder / "model.kinfolk").read_bytes())
    return found.assign(pandas.read_csv("customers.csv"))


def same(answers, expected):
    """The same rows, in any order."""
    columns = ["customer_id", "segment", "segment_name", "probability", "novelty_p"]
    mine, theirs = (table[columns].sort_values("customer_id", ignore_index=True) for table in (answers, expected))
    return mine.astype(object).where(mine.notna(), None).equals(theirs.astype(object).where(theirs.notna(), None))


def test_on_dask(with_model):
    frame = pytest.importorskip("dask.dataframe")
    pandas = pytest.importorskip("pandas")
    names = {"kinfolk": kinfolk, "customers": frame.from_pandas(pandas.read_csv("customers.csv"), npartitions=4)}
    exec(block("beyond-one-machine.md", "map_partitions"), names)
    assert same(names["segments"].compute(), with_model)
