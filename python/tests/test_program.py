"""The package against the program: files, words, errors."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import kinfolk
import pytest
from conftest import FLAGS

WORDS = ["--truth", "true_segment", "--ignore", "bridge_between"]


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


def test_saved_files_are_the_bytes_of_the_program(found, shop, program, tmp_path):
    program("segment", str(shop), "-o", str(tmp_path / "program"), *WORDS)
    saved = found.save(tmp_path / "python")
    assert files(saved) == files(tmp_path / "program")
    assert len(files(saved)) >= 10


def test_a_table_in_memory_gives_the_same_bytes_as_its_file(found, shop, tmp_path):
    pandas = pytest.importorskip("pandas")
    for table in [shop.read_bytes(), pandas.read_csv(shop, dtype={"customer_id": "str"})]:
        assert files(kinfolk.segment(table, **FLAGS).folder) == files(found.folder)


def test_the_number_of_threads_changes_nothing_and_is_recorded(found, shop):
    one = kinfolk.segment(shop, **{**FLAGS, "threads": 1})
    assert files(one.folder) == files(found.folder)
    threads = [json.loads((r.folder / "run.json").read_bytes())["threads"] for r in (one, found)]
    assert threads == [1, 2]


def test_the_words_are_those_of_the_program(found, shop, program, tmp_path):
    told = program("segment", str(shop), "-o", str(tmp_path / "shop-segments"), *WORDS)
    words = told.stdout.replace(str(tmp_path / "shop-segments"), "shop-segments")
    assert found.summary() == words
    assert found.guesses in told.stderr
    for warning in found.warnings:
        assert "warning: " + warning["message"] in told.stderr


def test_saving_replaces_what_kinfolk_wrote_and_nothing_else(found, tmp_path):
    folder = found.save(tmp_path / "it")
    found.save(folder)
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="mine.txt"):
        found.save(folder)
    found.save(folder, force=True)
    assert (folder / "mine.txt").read_text() == "mine"


def test_results_go_where_output_says_and_can_be_loaded(found, shop, tmp_path):
    kept = kinfolk.segment(shop, output=tmp_path / "kept", **FLAGS)
    assert kept.folder == tmp_path / "kept"
    again = kinfolk.load(tmp_path / "kept")
    assert again.n_segments == found.n_segments and "600 customers in 3 segments" in again.summary()
    with pytest.raises(FileNotFoundError, match="no results of kinfolk"):
        kinfolk.load(tmp_path)


def test_new_customers_get_what_the_program_gives_them(found, shop, program, tmp_path):
    saved = found.save(tmp_path / "saved")
    out = tmp_path / "assigned.csv"
    program("assign", str(saved), str(shop), "-o", str(out))
    from kinfolk import _tables

    expected = _tables.read(out, "dict")
    for model in (found, saved, kinfolk.load(saved), kinfolk.load(saved / "model.kinfolk")):
        pandas = pytest.importorskip("pandas")
        assigned = kinfolk.assign(model, pandas.read_csv(shop))
        assert assigned["customer_id"].tolist() == expected["customer_id"]
        assert assigned["segment"].dropna().tolist() == [s for s in expected["segment"] if s is not None]
        assert assigned["values_outside"].sum() == sum(expected["values_outside"])
    assert "a model of 600 customers" in kinfolk.load(saved / "model.kinfolk").summary()


def test_numbers_in_memory_are_read_with_a_point_whatever_the_model_was_written_with(shop, tmp_path):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(shop)
    commas = tmp_path / "commas.csv"
    table.to_csv(commas, sep=";", decimal=",", index=False)
    found = kinfolk.segment(commas, **FLAGS)
    assert "decimal comma" in found.guesses
    expected = found.assign(commas)
    assert found.assign(table)["segment"].tolist() == expected["segment"].tolist()
    assert found.assign(table)["probability"].tolist() == expected["probability"].tolist()


def test_purchases_become_the_customers_of_the_program(program, tmp_path):
    lines = {
        "customer": [n % 7 for n in range(70)],
        "date": [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(70)],
        "amount": [10.5 + n for n in range(70)],
    }
    table = tmp_path / "lines.csv"
    table.write_text("".join(",".join(map(str, row)) + "\n" for row in [tuple(lines), *zip(*lines.values())]))
    program("features", str(table), "-o", str(tmp_path / "out.csv"))
    from kinfolk import _tables

    assert kinfolk.features(lines) == _tables.read(tmp_path / "out.csv", "dict")
    told = program("features", str(table), "--sql", "duckdb")
    assert kinfolk.features(table, sql="duckdb") == told.stdout


def test_a_temporary_folder_goes_with_its_result(shop):
    folder = kinfolk.segment(shop, resolution=1.0).folder
    assert not folder.exists()


def test_errors_are_exceptions_with_the_words_of_the_program(shop, tmp_path):
    with pytest.raises(ValueError, match="(?s)invalid value 'x' for '--neighbors <N>'"):
        kinfolk.segment(shop, neighbors="x")
    with pytest.raises(ValueError, match="(?s)unexpected argument '--neighbours' found.*--neighbors") as told:
        kinfolk.segment(shop, neighbours=3)
    assert "Usage:" not in str(told.value) and "--help" not in str(told.value)
    with pytest.raises(ValueError, match="monetari.*did you mean \"monetary\""):
        kinfolk.segment(shop, ignore="monetari")
    with pytest.raises(OSError, match="absent.csv: cannot be read"):
        kinfolk.segment(tmp_path / "absent.csv")
    with pytest.raises(TypeError, match="a table is a path, bytes, .* not int"):
        kinfolk.segment(3)
    with pytest.raises(ValueError, match="line 3.*"):
        kinfolk.segment(b"id,a,b\n1,2,3\n2,3\n")


def test_no_segments_is_an_exception_of_its_own():
    import random

    draw = random.Random(1)
    cloud = {name: [draw.gauss(0, 1) for _ in range(400)] for name in ("a", "b")}
    with pytest.raises(kinfolk.NoSegments, match="the data support no segments"):
        kinfolk.segment(cloud, require_segments=True)


def test_warnings_are_warnings_with_their_code(shop):
    text = shop.read_text().splitlines()
    text[1] = ",".join("" if at == 3 else cell for at, cell in enumerate(text[1].split(",")))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        kinfolk.segment("\n".join(text).encode(), resolution=1.0)
    told = {w.message.code: w for w in told if w.category is kinfolk.KinfolkWarning}
    assert "missing-values" in told and told["missing-values"].filename == __file__


def test_stages_are_told_in_their_order(shop):
    stages = []
    kinfolk.segment(shop, resolution=1.0, progress=stages.append)
    assert stages[:2] == ["read", "features"] and stages[-1] == "write"


def test_an_exception_of_the_listener_ends_the_run(shop, tmp_path):
    def hear(stage):
        if stage == "features":
            raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        kinfolk.segment(shop, progress=hear, output=tmp_path / "never")
    assert list(tmp_path.iterdir()) == []


def test_other_threads_go_on_meanwhile(shop):
    beats, stop = [], threading.Event()

    def beat():
        while not stop.is_set():
            beats.append(1)
            time.sleep(0.001)

    thread = threading.Thread(target=beat)
    thread.start()
    before = len(beats)
    kinfolk.segment(shop)
    stop.set()
    thread.join()
    assert len(beats) - before > 5


@pytest.mark.skipif(os.name != "posix", reason="signals are sent")
def test_ctrl_c_ends_a_run_and_leaves_nothing(tmp_path):
    # Not beside the package's sources: Python would import those first.
    script = (
        # Under nohup, and in a script's background, interrupts are ignored from the start.
        "import kinfolk, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "table = kinfolk.generate(customers=30_000)\n"
        "kinfolk.segment(table, output=sys.argv[1], progress=lambda s: print(s, flush=True))\n"
    )
    line = [sys.executable, "-c", script, str(tmp_path / "out")]
    with subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        stages = iter(process.stdout.readline, "")
        if "features\n" not in stages:
            pytest.fail(process.stderr.read())
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=120)
    assert process.returncode != 0 and "KeyboardInterrupt" in told
    assert list(tmp_path.iterdir()) == []


def test_two_runs_at_once_do_not_meet(found, shop):
    results = []
    threads = [threading.Thread(target=lambda: results.append(kinfolk.segment(shop, **FLAGS))) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert [files(r.folder) == files(found.folder) for r in results] == [True, True]


def test_a_config_file_is_read_only_if_it_is_named(shop, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kinfolk.toml").write_text("resolution = 1.0\n")
    assert kinfolk.segment(shop).levels is not None
    assert kinfolk.segment(shop, config="kinfolk.toml").levels is None


def test_import_is_light(tmp_path):
    script = "import sys, kinfolk; print(sorted({'pandas', 'numpy', 'sklearn', 'pyarrow', 'polars'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
