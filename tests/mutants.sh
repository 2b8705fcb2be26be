#!/bin/sh
# Mutation testing: what one wrong operator, constant or return value in a room that decides an answer changes without any
# test noticing. By hand, since every mutant is a build and a run of tests: a file takes minutes to hours.
#
#   tests/mutants.sh src/stability/choose.rs        one file, or several
#   tests/mutants.sh quality                        a room
#   tests/mutants.sh --changed main                 what differs from a branch, or any commit
#   tests/mutants.sh --list centrality              the mutants alone, nothing built
#   SHARD=1/8 tests/mutants.sh profile              the second of eight portions: 0/8 to 7/8
#   WHOLE=1 tests/mutants.sh src/stability/scan.rs  against the tests of tests/it as well, minutes per mutant
#
# Rooms that decide an answer: stability, centrality, community, quality, profile, features. Nine in ten mutants are to be caught in
# each. A mutant that survives needs a case computed by hand, or changes nothing that can be seen; `mutants.out/missed.txt` (below
# target/) lists them. Needs `cargo install cargo-mutants`. Ends with an error where mutants survive.
set -eu
cd "$(dirname "$0")/.."

list=
if [ "${1:-}" = --list ]; then
    list=--list
    shift
fi
if [ $# = 0 ]; then
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit 2
fi

changes=
trap 'rm -f "$changes"' EXIT
if [ "$1" = --changed ]; then
    changes=$(mktemp)
    git diff "${2:-main}" -- src >"$changes"
    set -- --in-diff "$changes"
else
    # Each name becomes --file and what it stands for.
    left=$#
    while [ "$left" -gt 0 ]; do
        name=$1
        shift
        if [ -d "src/$name" ]; then
            name="src/$name/**/*.rs"
        elif [ ! -f "$name" ]; then
            echo "$name is neither a room below src/ nor a file" >&2
            exit 2
        fi
        set -- "$@" --file "$name"
        left=$((left - 1))
    done
fi

[ -z "${SHARD:-}" ] || set -- "$@" --shard "$SHARD"
if [ -n "$list" ]; then
    cargo mutants --all-features --list "$@"
    exit
fi
set -- --all-features --output target --timeout-multiplier 4 --minimum-test-timeout 120 "$@"
[ -n "${WHOLE:-}" ] || set -- "$@" -- --lib
nice -n 5 cargo mutants "$@"
