# Everything that is done with this repository. CI calls the same targets.
# Runs on GNU make 3.81 and a POSIX shell; needs Rust, a C compiler and Python 3, and says so if they are missing.

CARGO ?= cargo
PYTHON ?= python3
FUZZ_SECONDS ?= 60
# Two trees are held against one list: what it allows for the other is no news.
DENY := -A unmatched-skip-root -A license-not-encountered -A license-exception-not-encountered

# TLS beside another provider of cryptography, and with nothing beside: workspaces of their own. The
# first starts the second.
TWO_PROVIDERS := crates/jotem-jwks/tests/two_providers/Cargo.toml
TLS_ALONE := crates/jotem-jwks/tests/tls_alone/Cargo.toml

.PHONY: help demo test servers check lint docs bench bench-session fuzz mutants python bench-python wheels third-party release-check sanitize tools

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  \1	/' | expand -t 16

tools:
	@command -v $(CARGO) >/dev/null 2>&1 || { \
	  echo "missing: Rust 1.88 or newer; get it from https://rustup.rs or your system's packages"; exit 1; }
	@command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || command -v clang >/dev/null 2>&1 || { \
	  echo "missing: a C compiler; Debian: apt-get install gcc libc6-dev; macOS: xcode-select --install"; exit 1; }

demo: tools ## build, and see the main job done on real input
	@$(CARGO) run --quiet --release --package jotem --features testing --example demo
	@$(CARGO) run --quiet --release --package jotem-session --example session_demo

servers: ## get the servers that the tests of the stores start: Redis, Valkey, PostgreSQL, PgBouncer
	@crates/jotem-session/tests/servers.sh

test: tools servers ## run everything there is
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	  $(CARGO) nextest run --workspace --all-features; \
	else \
	  $(CARGO) test --workspace --all-features --lib --bins --tests --examples; \
	fi
	$(CARGO) test --workspace --all-features --doc
	$(CARGO) test --package jotem --no-default-features --lib --test small
	$(CARGO) build --quiet --locked --target-dir target --manifest-path $(TLS_ALONE)
	$(CARGO) run --quiet --locked --target-dir target --manifest-path $(TWO_PROVIDERS) -- target/debug/jotem-tls-alone
	@$(MAKE) python

python: tools ## build the Python package for every CPython here, and test it
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "missing: Python 3.9 to 3.13; Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) bindings/python/tests/run.py

wheels: tools ## the Python package for release: bindings/python/dist/
	@$(PYTHON) bindings/python/tests/wheels.py

third-party: tools ## write anew what the dependencies' licences ask for; after any change of a Cargo.lock
	@$(PYTHON) release/third_party.py

release-check: tools ## pack everything, build it from the packages without a network, and try it; TAG=v1.2.3 for a release
	@$(PYTHON) release/check.py --tag "$(TAG)"

sanitize: tools ## the Python tests on an extension with AddressSanitizer; Linux
	@$(PYTHON) bindings/python/tests/sanitize.py

check: tools ## format, clippy, unit and documentation tests: before every commit
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-features --all-targets -- -D warnings
	$(CARGO) test --quiet --package jotem --all-features --lib --test house --test errors --test first_hour
	$(CARGO) test --quiet --package jotem --all-features --doc

lint: tools ## format, clippy with and without features, documentation, dependencies
	$(CARGO) fmt --all --check
	cd benchmarks && $(CARGO) fmt --check
	cd fuzz && $(CARGO) fmt --check
	cd bindings/python && $(CARGO) fmt --check
	$(CARGO) fmt --manifest-path $(TWO_PROVIDERS) --check
	$(CARGO) fmt --manifest-path $(TLS_ALONE) --check
	$(CARGO) clippy --workspace --all-features --all-targets -- -D warnings
	$(CARGO) clippy --package jotem --no-default-features -- -D warnings
	cd benchmarks && CARGO_TARGET_DIR="$(CURDIR)/target" $(CARGO) check --locked --quiet
	cd bindings/python && $(CARGO) clippy --profile quick -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --all-features --no-deps --quiet
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
	  for folder in . bindings/python; do \
	    (cd $$folder && $(CARGO) fetch --locked --quiet && \
	      $(CARGO) deny --offline --config "$(CURDIR)/deny.toml" check $(DENY) bans licenses sources) || exit 1; \
	  done; \
	else \
	  echo "skipped: cargo-deny is not here; get it with: cargo install --locked cargo-deny"; \
	fi

docs: tools ## build the API documentation: target/doc/jotem/index.html
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --all-features --no-deps

bench: tools ## jotem beside its peers and the floor; the first build takes minutes
	cd benchmarks && $(CARGO) run --release
	cd benchmarks && $(CARGO) run --release -- --parsing
	cd benchmarks && $(CARGO) run --release -- --lookup
	cd benchmarks && $(CARGO) run --release -- --batch
	$(CARGO) build --quiet --release --target-dir target --package jotem-cli
	cd benchmarks && $(CARGO) run --release -- --command "$(CURDIR)/target/release/jotem"
	cd benchmarks && $(CARGO) run --release -- --cache

bench-session: tools servers ## the stores of sessions, each beside what it is built on
	$(CARGO) bench --package jotem-session --all-features --bench stores
	cd benchmarks && $(CARGO) run --release -- --revocations

bench-python: tools ## jotem beside the peers of Python; threads; imports; in an environment of its own
	@benchmarks/python/run.sh

fuzz: tools ## every fuzz target for FUZZ_SECONDS (60) each
	@fuzz/run.sh $(FUZZ_SECONDS)

mutants: tools ## change the code that decides, and see that a test notices
	@$(CARGO) mutants --version >/dev/null 2>&1 || { \
	  echo "missing: cargo-mutants; get it with: cargo install --locked cargo-mutants"; exit 1; }
	$(CARGO) mutants --package jotem --config .cargo/mutants.toml
