#!/bin/sh
# Fuzzes each target for its share of MINUTES (default 30) and keeps what was found in fuzz/found/.
# Needs a nightly compiler and `cargo install cargo-fuzz`. A crash, or ten seconds for one input, ends it with an error.
set -eu
cd "$(dirname "$0")/.."
targets="table edges number date config program"
seconds=$(( ${1:-30} * 60 / 6 ))
for target in $targets; do
    mkdir -p "fuzz/found/$target" "fuzz/corpus/$target"
    nice -n 19 cargo +nightly fuzz run --sanitizer none "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -verbosity=0 -close_fd_mask=3
done
