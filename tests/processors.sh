#!/bin/sh
# Other processors write the bytes of tests/hashes.txt: without fused products, without wide registers, another family.
#
#   tests/processors.sh            all that is installed here; what is not is said and skipped
#
# Needs qemu-user (Debian: apt-get install qemu-user); for aarch64 also gcc-aarch64-linux-gnu and
# `rustup target add aarch64-unknown-linux-gnu`. An emulated processor is some 20 times slower: a quarter of an hour each.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0

check() { # name, program, words before it
    if KINFOLK_PROGRAM=$2 KINFOLK_RUNNER=$3 cargo test --quiet --test it hashes::files >/tmp/processors.$$ 2>&1; then
        echo "$1: the same bytes"
    else
        echo "$1: OTHER BYTES"
        tail -n 40 /tmp/processors.$$
        failed=1
    fi
    rm -f /tmp/processors.$$
}

cargo build || exit 1
here=$PWD/target/debug/kinfolk
check "this processor" "$here" ""
# The system's library chooses its formulas by these; the program does not use them.
check "this processor, C library without FMA and AVX2" "$here" \
    "env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable,-FMA4_Usable,-AVX"

if [ "$(uname -m)" = x86_64 ] && command -v qemu-x86_64 >/dev/null; then
    check "Nehalem: registers of four numbers, no FMA" "$here" "qemu-x86_64 -cpu Nehalem"
    check "Haswell: registers of eight numbers, FMA" "$here" "qemu-x86_64 -cpu Haswell"
else
    echo "x86-64 processors: skipped, qemu-x86_64 is not here"
fi

target=aarch64-unknown-linux-gnu
if command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null &&
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    if cargo build --target $target; then
        check "aarch64" "$PWD/target/$target/debug/kinfolk" "qemu-aarch64 -L /usr/aarch64-linux-gnu"
    else
        failed=1
    fi
else
    echo "aarch64: skipped, needs qemu-aarch64, aarch64-linux-gnu-gcc and rustup target add $target"
fi
exit $failed
