#!/usr/bin/env bash
# Starts a Spark of one master and two workers on loopback, installs the Python package where they run, and runs the tests beside
# this script: ./check.sh [arguments of pytest]; ./check.sh run SCRIPT runs a script of Python there instead. Ends with 77 where that is not possible here.
# `cargo test` calls it with KINFOLK_TEST_SPARK=1. The environment, 850 MB the first time, is below target/.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
target=${CARGO_TARGET_DIR:-$here/../../target}
environment=$target/spark-tests

skip() {
    echo "skipped: $1"
    exit 77
}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || skip "there is no Java"
version=$("$java" -version 2>&1 | sed -nE '1s/.*"([0-9]+).*/\1/p')
[ "${version:-0}" -ge 17 ] || skip "Java is older than 17"
command -v python3 >/dev/null || skip "there is no python3"
[ -x "$environment/bin/pytest" ] || {
    rm -rf "$environment"
    python3 -m venv "$environment" 2>/dev/null || skip "python3 has no venv"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt ||
        skip "pyspark cannot be had"
}
# The wheel is built as python/test.sh builds it, so that this is done once; KINFOLK_WHEEL names one that is there.
if [ -z "${KINFOLK_WHEEL:-}" ]; then
    PATH=$environment/bin:$PATH CARGO_TARGET_DIR=$target MATURIN_PEP517_ARGS="--profile dev" "$environment/bin/pip" install \
        --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall ../../python
else
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall "$KINFOLK_WHEEL"
fi

run=$(mktemp -d)
touch "$run/log"
started=()
end() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$run"
}
trap end EXIT
trap 'exit 130' INT TERM

SPARK_HOME=$("$environment/bin/python" -c 'import pyspark, os; print(os.path.dirname(pyspark.__file__))')
export SPARK_HOME SPARK_LOCAL_IP=127.0.0.1 SPARK_SCALA_VERSION=2.13 PYSPARK_PYTHON=$environment/bin/python
port=${KINFOLK_SPARK_PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
options=(-Xmx384m -XX:+UseSerialGC -Djava.net.preferIPv4Stack=true -cp "$SPARK_HOME/jars/*")
launch() {
    "$java" "${options[@]}" "$@" >>"$run/log" 2>&1 </dev/null &
    started+=($!)
}
launch org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
for _ in $(seq 600); do
    grep -q "Starting Spark master" "$run/log" && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done
for worker in 1 2; do
    launch org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g --webui-port 0 \
        --work-dir "$run/worker$worker" "spark://127.0.0.1:$port"
done
for _ in $(seq 600); do
    [ "$(grep -c "Registering worker" "$run/log")" -ge 2 ] && break
    sleep 0.1
done
[ "$(grep -c "Registering worker" "$run/log")" -ge 2 ] || {
    tail -20 "$run/log" >&2
    echo "the workers did not register" >&2
    exit 1
}
export KINFOLK_SPARK_MASTER=spark://127.0.0.1:$port KINFOLK_SPARK_WORKERS=$run
if [ "${1:-}" = run ]; then
    work=("$environment/bin/python" "${@:2}")
else
    work=("$environment/bin/pytest" -q -p no:cacheprovider "$@" "$here")
fi
# In the background, so that a signal to this script ends it at once.
"${work[@]}" &
started+=($!)
wait $!
