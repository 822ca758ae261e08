# Everything the portal needs by name: `make demo`, `make test`, `make bench`, `make messages`.
# DATABASE_URL and CELERY_BROKER_URL, where they are set, take the place of the embedded ones.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench messages lock install install-tests browser

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
HOST ?= 127.0.0.1
TESTS ?= tests
PYTEST_WORKERS ?= 2

help:
	@echo "make demo       the whole portal on this machine, with demo data (PORT=8000 HOST=127.0.0.1)"
	@echo "make test       linters and every test, the browser ones included"
	@echo "make lint       linters only"
	@echo "make bench      the measurements"
	@echo "make messages   collect new texts for translation and compile the catalogue"
	@echo "make lock       pin the requirements anew"

demo: $(VENV)/.portal
	@HOST=$(HOST) PORT=$(PORT) exec $(BIN)/python -m jiaozuo_portal.demo

test: lint browser
	@$(BIN)/python -m jiaozuo_portal.messages compile
	@$(BIN)/python -m pytest $(TESTS) -n $(PYTEST_WORKERS) --dist loadgroup \
		-m "not benchmark$$(test -x /usr/bin/chromium || echo ' and not browser')"

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/djlint --lint --quiet --profile jinja --extension jinja templates
	env -u DATABASE_URL DJANGO_SETTINGS_MODULE=tests.settings \
		$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/.tests
	$(BIN)/python -m pytest tests/benchmarks -m benchmark -s

messages: $(VENV)/.portal
	$(BIN)/python -m jiaozuo_portal.messages update
	$(BIN)/python -m jiaozuo_portal.messages compile
	@$(BIN)/python -m jiaozuo_portal.messages check > /dev/null \
		|| echo "Some texts have no English yet: $(BIN)/python -m jiaozuo_portal.messages check"

lock:
	uv pip compile pyproject.toml -o requirements.txt --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet $(LOCK)
	uv pip compile tests/requirements.in -o tests/requirements.txt --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet $(LOCK)

install: $(VENV)/.portal
install-tests: $(VENV)/.tests

# uv installs five times faster than pip and checks the same hashes. Where there is none it comes
# from the package index; where it cannot reach what pip reaches, pip does the work.
define install_locked
	@if command -v uv > /dev/null; then uv=uv; \
	else $(BIN)/python -m pip install --quiet --require-hashes -r .ci/uv.txt || true; uv=$(BIN)/uv; fi; \
	$$uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
	|| $(BIN)/python -m pip install --quiet --require-hashes -r $(1)
endef

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "preparing: virtual environment"
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.portal: requirements.txt | $(BIN)/python
	@echo "preparing: requirements"
	$(call install_locked,requirements.txt)
	@touch $@

$(VENV)/.tests: tests/requirements.txt $(VENV)/.portal
	@echo "preparing: tools of the tests"
	$(call install_locked,tests/requirements.txt)
	@touch $@

# The browser tests drive Debian's Chromium, and need a Chinese font to lay pages out as people see
# them. Without root they are left out, and that is said.
browser:
	@if [ -x /usr/bin/chromium ] && ls /usr/share/fonts/opentype/noto/NotoSansCJK* > /dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "preparing: chromium and fonts-noto-cjk"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk > /dev/null; \
	elif [ -x /usr/bin/chromium ]; then \
		echo "NOTE: without the package fonts-noto-cjk Chinese pages are laid out with other widths."; \
	else \
		echo "NOTE: THE BROWSER TESTS ARE LEFT OUT. They need the Debian packages chromium and"; \
		echo "      fonts-noto-cjk, which only root can install."; \
	fi
