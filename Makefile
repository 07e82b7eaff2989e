# Needs make and a Python from 3.10 to 3.13; everything else is installed into .venv.
.DEFAULT_GOAL := help
.PHONY: help demo start load quality build forecast metrics ui docs psql url stop clean test check bench
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
ENVIRONMENT := .venv/.tidemart
DEVELOPMENT := .venv/.tidemart-dev

# nothing here calls home
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
# mf knows no such switch: it asks the registry for a newer version, and keeps the answer as a pickle in the temporary folder
METRICFLOW := TMPDIR='$(CURDIR)/target' HTTPS_PROXY=http://127.0.0.1:9 $(BIN)/mf

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target words; do printf '%-18s %s\n' "$$target" "$$words"; done

demo: $(ENVIRONMENT) ## A synthetic shop from files to scored forecasts; run again, it changes nothing
	@$(BIN)/python -m orchestration run everything

start: $(ENVIRONMENT) ## Start the embedded PostgreSQL, or say which server is set
	@$(BIN)/python -m warehouse start

load: $(ENVIRONMENT) ## Load a store's files: make load SOURCE=online_retail FILES="path ..."
	@test -n "$(SOURCE)" && test -n "$(FILES)" || { echo 'error: say what to load: make load SOURCE=online_retail FILES="path ..."' >&2; exit 2; }
	@$(BIN)/python -m ingestion load $(SOURCE) $(FILES)

quality: $(ENVIRONMENT) ## Check what has landed and write Data Docs: target/quality/index.html
	@rm -rf target/quality
	@$(BIN)/python -m ingestion check --docs target/quality

build: $(ENVIRONMENT) ## Build and test all dbt models
	@$(BIN)/python -m warehouse start
	@$(BIN)/python -m ingestion create > /dev/null
	@$(BIN)/dbt build

forecast: $(ENVIRONMENT) ## Forecast every store, score its customers, and score the forecasts
	@$(BIN)/python -m ml forecast
	@$(BIN)/python -m ml customers
	@$(BIN)/dbt build --quiet --select source:ml+

metrics: $(ENVIRONMENT) ## Ask the metrics: make metrics QUERY="--metrics net_revenue --group-by metric_time__month"
	@$(BIN)/python -m warehouse start > /dev/null
	@$(BIN)/dbt parse --quiet
	@$(METRICFLOW) $(if $(QUERY),query --decimals 2 $(QUERY),list metrics)

ui: $(ENVIRONMENT) ## Serve the Dagster UI on http://127.0.0.1:3000
	@$(BIN)/python -m orchestration ui

docs: $(ENVIRONMENT) ## Write the dbt docs as one page: target/static_index.html
	@$(BIN)/python -m warehouse start > /dev/null
	@$(BIN)/dbt docs generate --static --quiet
	@echo "open target/static_index.html"

psql: $(ENVIRONMENT) ## Open psql on the warehouse
	@$(BIN)/python -m warehouse psql

url: $(ENVIRONMENT) ## Print the address of the warehouse (make -s url)
	@$(BIN)/python -m warehouse url

stop: ## Stop the embedded PostgreSQL; the data stay
	@test ! -x $(BIN)/python || $(BIN)/python -m warehouse stop

clean: ## Remove the embedded warehouse with its data, and all build output
	@test ! -x $(BIN)/python || $(BIN)/python -m warehouse remove
	@rm -rf .tidemart landing/shop target logs profiles.yml
	@! grep -qs '^# written by Tidemart' .env || rm .env

test: $(DEVELOPMENT) ## Run the whole test suite, on PostgreSQL servers of its own
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

check: $(DEVELOPMENT) ## Lint: ruff, import rules, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m warehouse start > /dev/null
	@$(BIN)/sqlfluff lint --disable-progress-bar dbt_project

bench: $(DEVELOPMENT) ## Time every stage beside its plain counterpart
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.warehouse --lines 100000
	@$(BIN)/python -m benchmarks.forecast_accuracy --outlet
	@$(BIN)/python -m benchmarks.forecast_truth
	@$(BIN)/python -m benchmarks.forecast_speed
	@$(BIN)/python -m benchmarks.customers

# --- the environment: uv where it is found, else pip, with the committed versions --------------------
# --no-deps: the constraints files are complete, and name no dbt-core-experimental-parser (pyproject.toml says why)

FIND_PYTHON := for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo 'error: no Python from 3.10 to 3.13 was found; install one, or say make PYTHON=/path/to/python' >&2; exit 2; }

define install
	@$(FIND_PYTHON); echo "installing into .venv (a few seconds with uv, about a minute or two with pip) ..."; \
	if command -v uv > /dev/null; then \
		uv venv -q --allow-existing --python "$$python" .venv && install="uv pip install -q --python $(BIN)/python --no-deps"; \
	else \
		$$python -m venv .venv || { echo "error: $$python cannot make environments; install its venv package (python3-venv) or uv" >&2; exit 2; }; \
		install="$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps"; \
	fi; \
	$$install -r $(1) && $$install -e .
endef

$(ENVIRONMENT): pyproject.toml constraints.txt
	$(call install,constraints.txt)
	@touch $@

$(DEVELOPMENT): pyproject.toml constraints-dev.txt
	$(call install,constraints-dev.txt)
	@touch $@ $(ENVIRONMENT)
