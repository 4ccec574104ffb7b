# `make site` builds the archive, `make pull` mirrors a server, `make test` runs the tests. Everything is installed into .venv.

CONTENT ?= content
OUTPUT ?= output
JOBS ?= 0
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin

.PHONY: site pull test serve bench lint clean

site: .venv/.site
	$(BIN)/stillwork --content "$(CONTENT)" --output "$(OUTPUT)" build --jobs $(JOBS)

# URL is a Patchwork server's, PROJECT names some of its projects (none: all), FLAGS are further options.
pull: .venv/.site
	$(BIN)/stillwork --content "$(CONTENT)" pull $(if $(URL),"$(URL)") \
		$(foreach name,$(PROJECT),--project "$(name)") $(FLAGS)

serve: .venv/.site
	$(BIN)/stillwork --output "$(OUTPUT)" serve --port $(PORT)

test: .venv/.dev
	$(BIN)/pytest -n auto $(TESTS)

bench: .venv/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python -m benchmarks.run

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find "$(OUTPUT)" -mindepth 1 ! -name .gitignore -delete 2>/dev/null || true

# What is installed follows pyproject.toml.
.venv/.site: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.dev: pyproject.toml .venv/.site
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,lint]"
	touch $@
