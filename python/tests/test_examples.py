"""The examples run from anywhere, and write what they say."""

import subprocess
import sys

from conftest import ROOT


def test_the_shop(tmp_path):
    script = ROOT / "python" / "examples" / "shop.py"
    told = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "segments in 1,500 customers" in told.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop-segments", "shop.gexf", "shop.html"]
    assert (tmp_path / "shop.gexf").read_bytes() == (tmp_path / "shop-segments" / "network.gexf").read_bytes()
