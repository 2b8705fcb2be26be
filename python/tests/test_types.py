"""What the type stubs say is true, and the package follows its own types."""

import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("mypy")


def checked(*words, cwd):
    return subprocess.run([sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True)


def test_the_package_passes_strict_checks(tmp_path):
    sources = ROOT / "python"
    done = checked("mypy", "--config-file", str(sources / "pyproject.toml"), "--cache-dir", str(tmp_path), "kinfolk", cwd=sources)
    assert done.returncode == 0, done.stdout


def test_the_stub_is_what_the_engine_has(tmp_path):
    # Away from the sources, which have no engine beside them.
    done = checked("mypy.stubtest", "kinfolk._kinfolk", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_caller_is_told_types(tmp_path):
    (tmp_path / "caller.py").write_text(
        "import kinfolk\n"
        "found: kinfolk.Segmentation = kinfolk.segment('customers.csv', neighbors=15)\n"
        "count: int = found.n_segments\n"
        "words: str = found.summary()\n"
        "wrong: str = found.n_segments\n"
    )
    done = checked("mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "caller.py", cwd=tmp_path)
    assert done.stdout.count("error:") == 1 and "caller.py:5" in done.stdout, done.stdout
