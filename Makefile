# One Map. `make run` shows it, `make test` proves it; `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build ui setup test lint unit browser bench clean

# Where Go's own installer puts it, for shells (sudo's among them) that leave it out.
export PATH := $(PATH):/usr/local/go/bin
# No npm package may fetch a browser: the tests use Debian's.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
REVISION := $(shell git rev-parse HEAD 2>/dev/null)
GOFILES = find . -name node_modules -prune -o -name '*.go' -print
# More options for the program: make run ARGS="--listen 0.0.0.0:8080"
ARGS ?=

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## install what is missing, build, serve the map; an empty database gets the sample city
	@scripts/setup.sh run
	@$(MAKE) --no-print-directory build
	exec bin/onemap serve --sample $(ARGS)

build: ui ## build the page and bin/onemap
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION) -X main.revision=$(REVISION)' -o bin/onemap ./cmd/onemap

ui: ## build the page in web/ui, if its sources changed
	@scripts/ui.sh build

setup: ## install what running, building and testing need
	@scripts/setup.sh test

test: ## everything: set-up, lint, unit and PostGIS tests with the race detector, the page's, the browser's
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory lint build
	@$(MAKE) --no-print-directory unit browser
	@echo 'All tests have passed.'

lint: ui ## gofumpt, vet, staticcheck, import arrows, the page's linter
	@unformatted=$$($(GOFILES) | xargs go tool gofumpt -l); \
	if [ -n "$$unformatted" ]; then echo "not formatted (go tool gofumpt -w):"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go test ./cmd/onemap -run 'TestArrows|TestObjection'
	@scripts/ui.sh packages
	cd web/ui && npm run lint --silent

unit: ui ## Go's tests against a private PostGIS, and the page's unit tests
	go test -race -timeout 15m ./...
	@scripts/ui.sh packages
	cd web/ui && npm test --silent

browser: build ## the browser tests, in Chromium against bin/onemap
	@scripts/ui.sh packages
	cd web/ui && npm run test:browser --silent

bench: build ## the benchmarks: a table, and bench.json
	bin/onemap bench --out bench.json $(ARGS)

clean: ## remove what was built; the database in var stays
	rm -rf bin bench.json web/ui/node_modules
	find web/ui/dist -mindepth 1 ! -name .gitkeep -delete
