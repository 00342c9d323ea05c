# Two commands matter: `make serve` and `make test`. Both build what they need.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 7860
STAMP := $(VENV)/.installed
# Tests run on every processor. Quick ones are taken over by whoever is done first; of the others those of a file stay
# together, since they share a demo desk or a server that takes long to make.
TOGETHER := -q -n auto
# Without the caches of bytecode every worker would compile every test again, which takes seven seconds each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: serve
serve: $(STAMP) ## build the demo desk if there is none and serve http://127.0.0.1:7860 (PORT=8000 for another)
	$(BIN)/replydesk serve --demo --port $(PORT)

.PHONY: test
test: dev ## every test
	$(BIN)/python -m pytest $(TOGETHER) --dist loadfile --no-loadscope-reorder

.PHONY: check
check: lint types ## the fast loop: lint, types, quick tests
	$(BIN)/python -m pytest $(TOGETHER) --dist worksteal --hypothesis-profile quick -m "not slow and not browser and not postgres and not milvus"

.PHONY: dev
dev: $(STAMP) .types/replydesk ## make .venv with everything the tests need

.PHONY: fix
fix: dev ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lint
lint: dev ## style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: dev ## strict types
	$(BIN)/mypy -p replydesk

.PHONY: bench
bench: dev ## every benchmark; results go to benchmarks/results
	$(BIN)/python -m benchmarks

.PHONY: docs
docs: dev ## build the documentation into site/
	$(BIN)/mkdocs build --strict

.PHONY: clean
clean: ## remove everything that make made
	rm -rf $(VENV) .types site build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# torch comes first and by its pinned version alone, so that the CPU build is taken where one is offered.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet "$$(grep '^torch==' constraints.txt)"
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

# Type checkers cannot follow the hook of an editable install; these links show them the packages.
.types/replydesk:
	mkdir -p $@
	for package in data retrieval dialog finetune ui; do ln -sfn ../../$$package $@/$$package; done
