#!/usr/bin/env bash
# Opens reports in a real browser: check.sh REPORT.html..., or check.sh --frames REPORT.html... to measure how fast maps are drawn.
# Ends with 77, and says why, where Node, Chromium or the packages are not to be had.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="${REPORT_CHECK_DIR:-$here/../../target/report-check}"

skip() { echo "skipped: $1"; exit 77; }
command -v node > /dev/null && command -v npm > /dev/null || skip "Node is not installed"
browser="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$browser" ] || skip "Chromium is not installed (CHROMIUM names another place)"

mkdir -p "$work"
cp "$here/package.json" "$here/package-lock.json" "$here/browser.mjs" "$here/frames.mjs" "$work/"
if ! cmp -s "$work/package-lock.json" "$work/installed.json"; then
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent > npm.log 2>&1) || skip "npm cannot install the packages ($work/npm.log)"
  cp "$work/package-lock.json" "$work/installed.json"
fi
script=browser.mjs
if [ "${1:-}" = --frames ]; then script=frames.mjs; shift; fi
CHROMIUM="$browser" node "$work/$script" "$@"
