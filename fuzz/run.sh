#!/bin/sh
# run.sh SECONDS: every fuzz target for that long; with coverage where cargo-fuzz works, else without.
set -eu

seconds=${1:-60}
cd "$(dirname "$0")"
cargo=${CARGO:-cargo}

cargo +nightly --version >/dev/null 2>&1 && nightly=yes || nightly=no
cargo fuzz --version >/dev/null 2>&1 && engine=yes || engine=no

if [ "$nightly$engine" != yesyes ]; then
  echo "without coverage: cargo-fuzz or nightly is missing; get them with: cargo install --locked cargo-fuzz; rustup toolchain install nightly"
  exec "$cargo" run --quiet --release --bin stable -- "$seconds"
fi

"$cargo" run --quiet --release --bin stable -- seeds corpus
cargo +nightly fuzz build --features libfuzzer
failed=0
for target in compact header claims jwk jwk_set containers ssh x509 encrypted verify jws jws_json lint; do
  echo "== $target"
  # Tokens are at most 16 KiB; what is longer is refused for that and teaches nothing.
  log=$(mktemp)
  cargo +nightly fuzz run --features libfuzzer "$target" -- \
    -max_total_time="$seconds" -max_len=4096 -dict=corpus/dictionary -print_final_stats=1 \
    >"$log" 2>&1 || failed=1
  grep -E '^stat::(number_of_executed_units|average_exec_per_sec)|panicked|SUMMARY|Test unit written' "$log" || tail -n 5 "$log"
  rm -f "$log"
done
exit $failed
