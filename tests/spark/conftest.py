"""A session on the cluster that check.sh started, and a shop to try it with."""

import os
import signal
import subprocess
from pathlib import Path

import kinfolk
import pytest
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def session():
    spark = (
        SparkSession.builder.master(os.environ["KINFOLK_SPARK_MASTER"])
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.executor.memory", "900m")
        .config("spark.executor.cores", "1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()


@pytest.fixture(scope="session")
def program():
    """The program of the same source (the Rust test names it)."""
    path = os.environ.get("KINFOLK_PROGRAM", str(ROOT / "target" / "debug" / "kinfolk"))
    return lambda *words: subprocess.run([path, *map(str, words)], check=True, capture_output=True, text=True)


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """The segments of a shop of 2,000 customers."""
    folder = tmp_path_factory.mktemp("model") / "segments"
    shop = kinfolk.generate(customers=2000, segments=4, seed=7)
    kinfolk.segment(shop, ignore="true_segment,bridge_between", output=folder)
    return folder


@pytest.fixture(scope="session")
def new(tmp_path_factory):
    """30,000 further customers of this shop, as a file."""
    path = tmp_path_factory.mktemp("new") / "new.csv"
    path.write_bytes(kinfolk.generate(customers=30_000, segments=4, seed=7))
    return path


@pytest.fixture
def end_an_executor():
    """A function that ends one executor of this cluster, and no other process of this machine."""
    workers = os.environ["KINFOLK_SPARK_WORKERS"]

    def end():
        for process in Path("/proc").iterdir():
            try:
                words = (process / "cmdline").read_bytes().decode().split("\0") if process.name.isdigit() else []
                here = words and os.readlink(process / "cwd").startswith(workers)
            except OSError:
                continue
            if here and any("ExecutorBackend" in word for word in words):
                os.kill(int(process.name), signal.SIGKILL)
                return int(process.name)
        raise AssertionError(f"no executor works in {workers}")

    return end
