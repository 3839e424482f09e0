# Needs Python 3.11 or later and make; everything else is put into .venv.
UV_VERSION := 0.13.9
BIN := .venv/bin
SYNCED := .venv/.synced
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
# Hundreds of processes are started; each would compile everything that it loads anew.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
# A network may have an authority of its own; uv's built-in ones serve where the machine has none.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/certs/ca-bundle.crt),)
export UV_SYSTEM_CERTS := true
endif

.DEFAULT_GOAL := help
.PHONY: help demo up test lint bench faults long mutation guards lock docs

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: $(SYNCED) ## feed a made-up country, print its grades and verify the ledgers
	$(BIN)/bagalau demo

up: $(SYNCED) ## run all services with embedded servers
	$(BIN)/bagalau up

test: $(SYNCED) ## every test but the long ones
	$(BIN)/pytest -m "not long" -n auto --dist loadfile

lint: $(SYNCED) ## ruff, mypy and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(SYNCED) ## from publish to receipt, beside the eventsourcing package
	$(BIN)/bagalau bench intake

faults: $(SYNCED) ## kill processes and servers, with every seed
	$(BIN)/pytest -m faults

long: $(SYNCED) ## the long tests, faults included
	$(BIN)/pytest -m long

mutation: $(SYNCED) ## change every rule and every figure of the acts; a test must notice (minutes)
	$(BIN)/pytest -m long tests/methodologies/test_figure_mutations.py
	$(BIN)/mutmut run
	$(BIN)/python -m tests.surviving_mutants

guards: $(SYNCED) ## take refusals out of the code, some (SEED=) or all (ALL=1); a test must notice (minutes)
	$(BIN)/python -m tests.guards $(if $(ALL),--all) $(if $(SEED),--seed $(SEED))

docs: $(SYNCED) ## write the pages of facts, problems, acts and clauses, the schemas and docs/asyncapi.json anew
	$(BIN)/python -m events.fact_pages
	$(BIN)/python -m services.methodology_pages
	$(BIN)/python -m services.code_page
	$(BIN)/python -m services.asyncapi
	$(BIN)/python -m tests.clauses

lock: $(BIN)/uv ## resolve the dependencies anew
	$(BIN)/uv lock

$(SYNCED): pyproject.toml uv.lock $(BIN)/uv
	$(BIN)/uv sync --quiet --locked --all-extras
	@touch $@

# The first Python that can make a virtual environment: a name on the PATH may be a shim with nothing behind it.
$(BIN)/uv: Makefile
	@for python in python3.11 python3 python3.12 python3.13 python; do \
	  if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$python; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo 'Bagalau needs Python 3.11 or later with venv and ensurepip.' >&2; \
	  echo 'On Debian and Ubuntu: apt-get install python3 python3-venv' >&2; \
	  exit 1; \
	fi; \
	[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 || $$found -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
