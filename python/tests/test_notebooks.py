"""The notebooks run from beginning to end, and show what their words say."""

import shutil

import pytest
from conftest import ROOT

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")

EXAMPLES = ROOT / "python" / "examples"


def shown(name, folder):
    """What the cells of a notebook show when it is run in a copy of the repository's folders."""
    (folder / "python").mkdir()
    shutil.copytree(EXAMPLES, folder / "python" / "examples")
    (folder / "datasets").symlink_to(ROOT / "datasets")
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    nbformat.validate(notebook)
    place = {"metadata": {"path": str(folder / "python" / "examples")}}
    nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place).execute()
    outputs = [one for cell in notebook.cells if cell.cell_type == "code" for one in cell.outputs]
    texts = [one.get("text") or one.get("data", {}).get("text/plain", "") for one in outputs]
    pages = [one.get("data", {}).get("text/html", "") for one in outputs]
    return "\n".join(texts), "\n".join(pages)


def test_from_csv_to_segments(tmp_path):
    text, page = shown("1-from-csv-to-segments.ipynb", tmp_path)
    assert "5 segments in 1,500 customers" in text and "<svg" in page and "C10358" in text


def test_against_k_means_and_hdbscan(tmp_path):
    pytest.importorskip("sklearn")
    text, _ = shown("2-against-k-means-and-hdbscan.ipynb", tmp_path)
    scores = {}
    for line in text.splitlines():
        if line.startswith(("kinfolk", "k-means", "HDBSCAN")):
            scores[line[:40].split("  ")[0].strip()] = float(line.split()[-1])
    # The words below the table: kinfolk finds the number, and draws about the borders of a k-means that was told it.
    assert scores["kinfolk"] > max(score for name, score in scores.items() if name.startswith(("HDBSCAN", "k-means, best")))


def test_from_purchases_to_an_audience(tmp_path):
    text, page = shown("3-from-purchases-to-an-audience.ipynb", tmp_path)
    assert "3 segments in 750 customers" in text and "<svg" in page
    # Of tomorrow's customers the last one is like nobody.
    assert text.count("none of these") == 1
    audience = (tmp_path / "python" / "examples" / "audience.csv").read_text().splitlines()
    assert len(audience) > 200 and sum(line.startswith("g") for line in audience) > 0.95 * len(audience)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.ipynb")))
def test_notebooks_are_kept_without_output(name):
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
