"""Tables of every kind go in and come back."""

import csv
import pickle
import random
import re

import kinfolk
import pytest
from conftest import FLAGS


def columns(path):
    with open(path, newline="") as file:
        names, *rows = csv.reader(file)
    return {name: list(cells) for name, cells in zip(names, zip(*rows))}


def numbered(shop):
    """The shop with numbers for ids, some of them with a zero in front as text."""
    table = columns(shop)
    table["customer_id"] = [int(one[1:]) for one in table["customer_id"]]
    for name in ("recency_days", "frequency", "monetary", "tenure_months"):
        table[name] = [float(cell) if cell else None for cell in table[name]]
    return table


def test_pandas_in_pandas_out_with_the_id_as_it_was(found, shop):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(numbered(shop))
    result = kinfolk.segment(table, **FLAGS)
    customers = result.customers
    assert isinstance(customers, pandas.DataFrame)
    assert customers["customer_id"].tolist() == table["customer_id"].tolist()
    assert len(table.merge(customers, on="customer_id")) == len(table)
    assert customers["segment"].tolist() == list(map(int, columns(found.folder / "customers.csv")["segment"]))
    indexed = kinfolk.segment(table.set_index("customer_id"), **FLAGS).customers
    pandas.testing.assert_frame_equal(indexed, customers)


def test_polars_in_polars_out(shop):
    polars = pytest.importorskip("polars")
    table = polars.DataFrame(numbered(shop))
    result = kinfolk.segment(table, **FLAGS)
    assert isinstance(result.customers, polars.DataFrame) and isinstance(result.profiles, polars.DataFrame)
    assert result.customers["customer_id"].equals(table["customer_id"])
    assert kinfolk.segment(table.lazy(), **FLAGS).customers.equals(result.customers)
    assert result.bridges["bridge_score"].is_sorted(descending=True)


def test_arrow_in_arrow_out(shop):
    pyarrow = pytest.importorskip("pyarrow")

    class Stream:
        """Nothing but the protocol, as a relation of DuckDB has it."""

        def __init__(self, table):
            self.table = table

        def __arrow_c_stream__(self, requested_schema=None):
            return self.table.__arrow_c_stream__(requested_schema)

    table = pyarrow.table(numbered(shop))
    for one in (table, Stream(table)):
        result = kinfolk.segment(one, **FLAGS)
        assert isinstance(result.customers, pyarrow.Table)
        assert result.customers["customer_id"].equals(table["customer_id"])
        assert result.levels.column_names == list(columns(result.folder / "levels.csv"))


def test_a_dict_in_a_dict_out(found, shop):
    result = kinfolk.segment(numbered(shop), **FLAGS)
    expected = columns(found.folder / "customers.csv")
    assert result.customers["customer_id"] == numbered(shop)["customer_id"]
    assert result.customers["segment"] == list(map(int, expected["segment"]))
    assert result.customers["second_segment"][:5] == [int(c) if c else None for c in expected["second_segment"][:5]]
    assert result.customers["exemplar"].count(True) == expected["exemplar"].count("true") > 0
    with pytest.raises(ValueError, match="columns differ in length"):
        kinfolk.segment({"a": [1, 2], "b": [1]})


def test_a_dict_of_arrays_is_one_of_lists(shop):
    numpy = pytest.importorskip("numpy")
    lists = numbered(shop)
    arrays = {name: numpy.array(column) for name, column in lists.items()}
    lists, arrays = (kinfolk.segment(table, **FLAGS, resolution=1.0) for table in (lists, arrays))
    assert arrays.customers == lists.customers
    assert (arrays.folder / "customers.csv").read_bytes() == (lists.folder / "customers.csv").read_bytes()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "dict"])
def test_every_table_holds_what_its_file_does(found, kind):
    from kinfolk import _tables

    if kind != "dict":
        pytest.importorskip(kind)
    for path in sorted(found.folder.glob("*.csv")):
        table = _tables.read(path, kind)
        table = table.to_dict("list") if kind == "pandas" else table
        table = table.to_pydict() if kind == "pyarrow" else table.to_dict(as_series=False) if kind == "polars" else table
        for name, cells in columns(path).items():
            for cell, value in zip(cells, table[name], strict=True):
                if cell == "":
                    assert value is None or value != value, (path.name, name)
                elif isinstance(value, (bool, str)):
                    assert str(value).lower() == cell.lower(), (path.name, name)
                else:
                    assert float(value) == float(cell), (path.name, name)


def cells(data):
    """The cells of a CSV file by column, numbers as numbers."""

    def value(cell):
        try:
            return float(cell)
        except ValueError:
            return cell

    names, *rows = csv.reader(data.decode().splitlines(keepends=True))
    return {name: [value(row[at]) for row in rows] for at, name in enumerate(names)}


FLOATS = [0.1, -0.0, float("nan"), float("inf"), 5e-324, 1.7976931348623157e308, 1e16, 123456789.123456789]
WHOLES = [0, -1, 2**63 - 1, -(2**63), 7, 10, 100, 12345]
TEXTS = ["plain", "a,b", 'say "yes"', "two\nlines", None, "", "Straße", " 1.50 "]


def test_what_is_handed_over_of_pandas_is_what_it_would_write():
    pandas = pytest.importorskip("pandas")
    from kinfolk import _tables

    table = pandas.DataFrame(
        {
            "float, 64": FLOATS,
            "float 32": pandas.Series([0.1, 2.5, None, 1e-30, 3, 4, 5, 6], dtype="float32"),
            "whole": WHOLES,
            "with none": pandas.Series([1, None, 3, 4, 5, 6, 7, 8], dtype="Int64"),
            "text": TEXTS,
            "mixed": [1, "a", 2.5, None, True, "b\r\nc", (1, 2), b"d"],
            "when": pandas.to_datetime(["2024-01-01", "2024-01-02 10:30", None, *["2024-05-06"] * 5], format="ISO8601"),
            "kind": pandas.Categorical(["x", "y", None, "x", "y", "x,y", "x", "y"]),
            "yes": [True, False] * 4,
            7: range(8),
        }
    )
    two = table.set_index(["text", "whole"])
    for one, index in ((table, False), (table.set_index("text"), True), (two, True), (table[["text"]], False)):
        expected = cells(one.to_csv(index=index, lineterminator="\n").encode())
        # Not a number is not equal to itself.
        assert repr(cells(_tables.given(one).data)) == repr(expected)
    assert _tables.given(table[:0]).data.decode().splitlines() == table[:0].to_csv(index=False).splitlines()


def test_of_arrays_only_plain_ones_are_handed_over_by_their_bytes():
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    from kinfolk import _tables

    halves = numpy.array([0.5, 1.5, float("nan")])
    assert cells(_tables.given({"x": halves}).data) == {"x": [0.5, 1.5, ""]}
    assert cells(_tables.given({"x": halves[1::-1]}).data) == {"x": [1.5, 0.5]}
    assert cells(_tables.given({"x": pandas.Series(halves)}).data) == {"x": [0.5, 1.5, ""]}
    hidden = numpy.ma.masked_array([0.5, 7.0, 1.5], mask=[False, True, False])
    assert 7.0 not in cells(_tables.given({"x": hidden}).data)["x"]
    with pytest.raises(ValueError, match="column 'x' has 2 dimensions"):
        _tables.given({"x": numpy.ones((3, 2))})


def test_what_is_handed_over_of_a_dict_is_what_is_in_it():
    from kinfolk import _tables

    table = {"float": FLOATS, "whole": WHOLES, "text": TEXTS, "large": [2**70, *WHOLES[1:]], "mixed": [1, 2.5, *TEXTS[:6]]}
    written = cells(_tables.given(table).data)
    for name, column in table.items():
        plain = [one if one is not None and one == one else "" for one in column]
        numbers = [float(one) if isinstance(one, (int, float)) else one for one in plain]
        assert [float(one) if one == " 1.50 " else one for one in numbers] == written[name], name


def test_text_that_looks_like_a_number_stays_text():
    pandas = pytest.importorskip("pandas")
    ids = [f"{n:05}" for n in range(60)]
    table = pandas.DataFrame({"id": ids, "a": range(60), "b": [n % 7 for n in range(60)]})
    assert kinfolk.segment(table, id="id", resolution=1.0).customers["customer_id"].tolist() == ids


def test_flags_of_every_shape(shop):
    found = kinfolk.segment(
        shop,
        features=["monetary", "frequency", "recency_days"],
        type={"region": "category"},
        weight={"monetary": 2, "frequency": 0.5},
        baselines=["kmeans", "ward"],
        min_size="2%",
        force=False,
        segments=None,
    )
    weights = {one["name"]: one["weight"] for one in found.info["features"]}
    assert weights["monetary"] == 2 and weights["frequency"] == 0.5
    assert [one["method"] for one in found.info["comparison"]][1:] == ["kmeans", "ward"]


def test_a_result_shows_itself(found):
    assert repr(found) == "<kinfolk.Segmentation: 3 segments in 600 customers>"
    html = found._repr_html_()
    assert html.count("<circle") == 600 and html.count("<tr>") == 4
    # Each row has the color of its dots, words stand on the left, and numbers as the summary has them.
    assert html.count("&#9679;") == 3 and set(re.findall(r'color:(#\w+)', html)) == set(re.findall(r'fill="(#\w+)"', html))
    assert '<th style="text-align:left">name</th>' in html and " %</td>" in html
    assert html.count("600 customers; larger dots stand between two segments") == 3
    assert "script" not in html and "http" not in html.replace("http://www.w3.org/2000/svg", "")
    assert found.to_gexf().startswith(b"<?xml")


def test_a_result_that_supports_nothing_says_so():
    draw = random.Random(1)
    cloud = {name: [draw.gauss(0, 1) for _ in range(400)] for name in ("a", "b")}
    html = kinfolk.segment(cloud)._repr_html_()
    assert "The data support no segments: these are a convenience, not natural groups." in html and ">part</th>" in html
    html = kinfolk.segment(cloud, resolution=1.0)._repr_html_()
    # At a given resolution it was not examined.
    assert "support no segments" not in html and ">segment</th>" in html


def test_a_result_survives_pickling(shop):
    found = kinfolk.segment(shop, **FLAGS)
    again = pickle.loads(pickle.dumps(found))
    assert again.folder != found.folder
    assert again.summary() == found.summary()
    assert (again.folder / "network.gexf").read_bytes() == (found.folder / "network.gexf").read_bytes()


def test_the_plan_is_a_dict(shop):
    plan = kinfolk.plan(shop)
    assert plan["customers"] == 600 and plan["fits"] is True and plan["seconds"] > 0
