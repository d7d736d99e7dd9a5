# Everything a newcomer needs: `make run` and `make test`. `make` alone lists the rest.

DATA ?= .data
CARGO ?= cargo
PYTHON ?= python3
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
COMPOSE ?= docker compose --file deploy/compose/compose.yaml --file deploy/compose/compose.dev.yaml

.DEFAULT_GOAL := help
.PHONY: help run dev install test check bench deny build packages migrate docs containers infra-up infra-down hooks tools clean needs-cargo needs-python

help: ## Show this list
	@echo 'MTChat: make <target>'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'DATA=<directory> chooses where `make run` keeps its data (now: $(DATA)).'

run: tools ## Build and run everything on this machine, the demo too; Ctrl-C stops it
	@CARGO="$(CARGO)" $(PYTHON) tools/run.py --data "$(DATA)"

dev: tools ## The same, with pages that follow their sources as you edit them
	@CARGO="$(CARGO)" $(PYTHON) tools/run.py --data "$(DATA)" --dev

install: tools ## Fetch everything that building and testing need, and do no more
	@$(PYTHON) tools/schemathesis.py
	@$(PYTHON) tools/receivers.py
	@$(PYTHON) tools/chromium.py
	@$(PYTHON) tools/host_examples.py
	@$(PYTHON) tools/checkers.py

test: install ## Run all checks and all tests
	@tools/test all

check: needs-cargo ## Run the quick checks only: format and lints
	@tools/test check

bench: tools ## Measure this machine with an optimised build and print a table
	@$(CARGO) build --release --package mtchat --package mtchat-load
	@$(CARGO) run --release --quiet --package mtchat-load -- bench

deny: needs-cargo ## Check licences, sources and banned crates of the dependencies
	@tools/test deny

build: needs-cargo packages ## Build the program for production, and the npm packages
	@$(CARGO) build --release --locked --package mtchat

packages: needs-cargo needs-python ## Build the npm packages and pack them into target/packages
	@CARGO="$(CARGO)" $(PYTHON) tools/packages.py

migrate: needs-cargo ## Bring the tables of DATABASE_URL up to date
	@$(CARGO) run --quiet --profile quick --bin mtchat -- migrate

docs: ## Build the documentation into docs/.vitepress/dist
	@cd docs && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build

containers: ## Build the container images; wants Docker
	@docker build --file deploy/image/Dockerfile --target mtchat --tag mtchat:$(VERSION) .
	@docker build --file deploy/image/Dockerfile --target demo --tag mtchat-demo:$(VERSION) .

infra-up: ## Start broker, database and store of files in containers; wants Docker
	@$(COMPOSE) up --detach --wait nats postgres files

infra-down: ## Stop them; their data stays
	@$(COMPOSE) down

hooks: ## Have the quick checks run before each of your commits
	@git config core.hooksPath tools/hooks && echo 'Commits are checked now; `git config --unset core.hooksPath` ends that.'

tools: needs-cargo needs-python ## Fetch nats-server, Postgres and SeaweedFS if this machine has none
	@$(PYTHON) tools/fetch.py

clean: ## Remove what was built; data and fetched programs stay
	@$(CARGO) clean

needs-cargo:
	@command -v $(CARGO) >/dev/null || { echo 'Rust is missing: install it with rustup, then try again.' >&2; exit 1; }

needs-python:
	@command -v $(PYTHON) >/dev/null || { echo 'Python 3 is missing: install python3 and its pip, then try again.' >&2; exit 1; }
