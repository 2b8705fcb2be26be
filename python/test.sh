#!/usr/bin/env bash
# Builds the package into a virtual environment below target/ and runs its tests. Ends with 77 where that is not possible here.
# `cargo test` calls it; by hand: python/test.sh [arguments of pytest]. With --environment it makes the environment alone, in which other
# tests compare with Python's libraries, and names its Python.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$PWD/../target}
environment=$target/python-tests

skip() {
    echo "skipped: $1"
    exit 77
}
command -v python3 >/dev/null || skip "there is no python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "python3 is older than 3.10"
# The lists that the package itself names.
needs=$(python3 - <<'END'
import re
text = open("pyproject.toml").read()
for name in ("requires", "test"):
    print(" ".join(re.findall('"([^"]+)"', re.search(rf"^{name} = \[(.*)\]", text, re.M)[1])))
END
)
[ "$(cat "$environment/needs" 2>/dev/null)" = "$needs" ] || {
    rm -rf "$environment"
    python3 -m venv "$environment" 2>/dev/null || skip "python3 has no venv"
    set -f
    "$environment/bin/pip" install --quiet --disable-pip-version-check $needs ||
        skip "the packages it is tested with cannot be had"
    set +f
    echo "$needs" >"$environment/needs"
}
[ "${1-}" != --environment ] || {
    echo "$(cd "$environment" && pwd)/bin/python"
    exit 0
}
# The profile of `cargo test`, so that what was built for it is not built again; pip looks for maturin on the path.
PATH=$environment/bin:$PATH CARGO_TARGET_DIR=$target MATURIN_PEP517_ARGS="--profile dev" "$environment/bin/pip" install --quiet \
    --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall .
"$environment/bin/pytest" -q "$@" tests
"$environment/bin/pytest" -q --doctest-modules --pyargs kinfolk
