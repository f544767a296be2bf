# For every day. ./run and ./test are the README's two commands; CONTRIBUTING.md explains these.
JOBS ?= $(shell nproc)
.PHONY: build dev test clean

build: ## build/headroom, the release binary
	@cmake --preset release >/dev/null
	@cmake --build --preset release -j $(JOBS)
	@ln -sf release/headroom build/headroom

dev: ## the binary and the tests with -O1 and warnings as errors
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j $(JOBS)

test: dev ## unit tests
	@ctest --preset dev -j $(JOBS)

clean:
	rm -rf build
