# `make site` builds the archive, `make pull` mirrors a server, `make test` runs the tests. Everything is installed into .venv.

CONTENT ?= content
OUTPUT ?= output
JOBS ?= 0
PORT ?= 8000
PYTHON ?= python3
# Exact versions of what is installed; `make site LOCK=` takes the newest that pyproject.toml allows.
LOCK ?= constraints.txt
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: site pull serve test test-fast hostile crash faults mutants golden pictures bench bench-landed lighthouse lint format watch docs lock clean

# FLAGS are further options, such as --allow-removals.
site: .venv/.site
	@$(BIN)/python -m tools.sample_repository "$(CONTENT)"
	$(BIN)/stillwork --content "$(CONTENT)" --output "$(OUTPUT)" build --jobs $(JOBS) $(FLAGS)

# URL is a Patchwork server's, PROJECT names some of its projects (none: all), FLAGS are further options.
pull: .venv/.site
	$(BIN)/stillwork --content "$(CONTENT)" pull $(if $(URL),"$(URL)") \
		$(foreach name,$(PROJECT),--project "$(name)") $(FLAGS)

serve: .venv/.site
	$(BIN)/stillwork --output "$(OUTPUT)" serve --port $(PORT)

test: .venv/.dev
	$(BIN)/pytest -n auto --dist loadgroup $(TESTS)

# Tests that are done within half a minute: of pages and exports the golden files, of pulls none.
test-fast: .venv/.dev
	$(BIN)/pytest -n auto -m "not slow" --ignore tests/e2e --ignore tests/hostile --ignore tests/sources/patchwork \
		--ignore tests/site/pages --ignore tests/site/exports $(TESTS)

# N hostile objects, made from a SEED: imported, built and checked; then a megabyte of each hostile pattern.
hostile: .venv/.dev
	HOSTILE_OBJECTS=$(or $(N),10000) HOSTILE_SEED=$(or $(SEED),1) $(BIN)/pytest --timeout 3600 tests/hostile/test_objects.py
	HOSTILE_PATTERNS=all $(BIN)/pytest -k megabyte tests/hostile/test_linear_time.py

# Which changes to the code no test notices.
mutants: .venv/.dev
	$(BIN)/python -m tests.mutants

# Kills N imports and builds of each kind at random moments; SEED chooses other moments.
crash: .venv/.dev
	STILLWORK_CRASHES=$(or $(N),30) STILLWORK_SEED=$(or $(SEED),1) \
		$(BIN)/pytest --timeout 0 tests/hostile/test_crashes.py

# Disks that are full or read-only, damaged and locked files, mistyped folders. For root: small disks of its own.
faults: .venv/.dev
	$(BIN)/pytest tests/e2e/test_disks.py tests/e2e/test_mistakes.py tests/e2e/test_backup.py

# The golden files of the tests, from what is built now: review the difference.
golden: .venv/.dev
	$(BIN)/pytest tests/site/test_golden.py --update-golden

# The pictures of pages in docs/pictures/, from what is built now: look at them.
pictures: .venv/.dev
	$(BIN)/pytest tests/e2e/test_pictures.py -k look_as --update-golden

bench: .venv/.dev
	$(PIP) --editable ".[bench]"
	$(BIN)/python -m benchmarks.run

# How well commits are found in the history of REPOSITORY; FLAGS are further options.
bench-landed: .venv/.dev
	$(BIN)/python -m benchmarks.landed "$(REPOSITORY)" $(FLAGS)

# What Lighthouse says of each kind of page in OUTPUT; FLAGS are further options.
lighthouse: .venv/.dev
	$(BIN)/python -m benchmarks.lighthouse "$(OUTPUT)" $(FLAGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Builds again whenever the content, a theme or the code changes.
watch: .venv/.site
	$(BIN)/python -m tools.watch "$(CONTENT)" "$(OUTPUT)"

# docs/cli.md, from the help of the commands.
docs: .venv/.site
	$(BIN)/python -m generator.cli.document > docs/cli.md

# constraints.txt, from what pyproject.toml allows today.
lock: .venv/.site
	$(BIN)/python -m tools.lock > .venv/constraints.txt
	mv .venv/constraints.txt constraints.txt

# Of OUTPUT, only what builds made is removed.
clean:
	test ! -e "$(OUTPUT)/.stillwork/manifest.db" || test ! -x $(BIN)/python || $(BIN)/python -m tools.clean "$(OUTPUT)"
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

# What is installed follows pyproject.toml and the lock.
.venv/.site: pyproject.toml $(LOCK)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) $(if $(LOCK),--constraint $(LOCK)) --editable .
	touch $@

.venv/.dev: pyproject.toml $(LOCK) .venv/.site
	$(PIP) $(if $(LOCK),--constraint $(LOCK)) --editable ".[test,lint]"
	touch $@
