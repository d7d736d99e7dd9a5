# Everything a newcomer needs: `make run` and `make test`. `make` alone lists the rest.

DATA ?= .data
CARGO ?= cargo
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help run test check bench deny tools clean needs-cargo needs-python

help: ## Show this list
	@echo 'MTChat: make <target>'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'DATA=<directory> chooses where `make run` keeps its data (now: $(DATA)).'

run: tools ## Build and run everything on this machine, the demo too; Ctrl-C stops it
	@CARGO="$(CARGO)" $(PYTHON) tools/run.py --data "$(DATA)"

test: tools ## Run all checks and all tests
	@$(PYTHON) tools/schemathesis.py
	@$(PYTHON) tools/receivers.py
	@$(PYTHON) tools/chromium.py
	@$(PYTHON) tools/host_examples.py
	@tools/test all

check: needs-cargo ## Run the quick checks only: format and lints
	@tools/test check

bench: tools ## Measure this machine with an optimised build and print a table
	@$(CARGO) build --release --package mtchat --package mtchat-load
	@$(CARGO) run --release --quiet --package mtchat-load -- bench

deny: needs-cargo ## Check licences, sources and banned crates of the dependencies
	@tools/test deny

tools: needs-cargo needs-python ## Fetch nats-server, Postgres and SeaweedFS if this machine has none
	@$(PYTHON) tools/fetch.py

clean: ## Remove what was built; data and fetched programs stay
	@$(CARGO) clean

needs-cargo:
	@command -v $(CARGO) >/dev/null || { echo 'Rust is missing: install it with rustup, then try again.' >&2; exit 1; }

needs-python:
	@command -v $(PYTHON) >/dev/null || { echo 'Python 3 is missing: install python3 and its pip, then try again.' >&2; exit 1; }
