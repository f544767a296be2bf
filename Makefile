# For every day. ./run and ./test are the README's two commands; CONTRIBUTING.md explains these.
# A compiler here takes up to 1 GB, so a machine with little memory gets fewer of them.
JOBS ?= $(shell awk -v cpus=$$(nproc) '/MemAvailable/ { fit = int($$2 / 1048576); print fit < 1 ? 1 : fit < cpus ? fit : cpus }' /proc/meminfo)
FUZZ_SECONDS ?= 60
# Folders with rivals, a Kubernetes and models to check against; what needs them is skipped by name when they are not given.
export PEERS_DIR ?=
export K8S_DIR ?=
export MODELS_DIR ?=
export FUZZ_SECONDS JOBS
.DEFAULT_GOAL := build
.PHONY: help build dev test check bench parity fuzz tidy venv browser web web-check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

build: ## build/headroom, the release binary
	@cmake --preset release >/dev/null
	@cmake --build --preset release -j $(JOBS)
	@ln -sf release/headroom build/headroom

dev: ## the binary and the tests with -O1 and warnings as errors, in build/dev
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS)

test: dev ## unit tests, fuzz seeds, tidy and quick end to end tests (ARGS="-L serve")
	@ctest --preset dev -j $(JOBS) $(ARGS)

check: ## everything, no time bound: tests, sanitizers, clang-tidy, web, browser, fuzzing, peers, benchmarks
	@tools/check.sh

bench: ## micro-benchmarks, each room's *_bench.cc (ARGS="--benchmark_filter=Forest")
	@cmake --preset bench >/dev/null
	@cmake --build --preset bench -j $(JOBS)
	@for bench in build/bench/*_bench; do [ -x "$$bench" ] && { echo "== $$bench"; "$$bench" $(ARGS) || exit 1; }; done

parity: build venv ## predictions and spans against scikit-learn and OpenTelemetry themselves
	@tools/parity.sh

fuzz: ## each fuzz target for FUZZ_SECONDS seconds (FUZZ_TARGETS="pickle_fuzz npy_fuzz"; default all)
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS)
	@tools/fuzz.sh $(FUZZ_TARGETS)

tidy: ## clang-tidy over all of src/ (ARGS="src/serve/decode.cc" for some of it)
	@cmake --preset dev >/dev/null
	@tools/clang_tidy.sh $(ARGS)

venv: ## build/venv, the Python packages of tests/python.txt
	@tools/venv.sh

browser: build ## the pages and the report in Chromium, screenshots in build/screens
	@tests/browser/run.sh

web: ## builds the web pages anew from web/ (needs npm)
	@tools/web.sh build

web-check: ## whether the built pages in the repository are what web/ builds
	@tools/web.sh check

clean: ## removes build/
	rm -rf build
