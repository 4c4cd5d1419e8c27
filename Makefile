# The four words of this project; continuous integration calls the same.
PYTHON ?= $(shell command -v python3.11 >/dev/null 2>&1 && python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3)
BIN := .venv/bin

.PHONY: run test check demo clean
DEMO := runs/demo

run: .venv/run.stamp  ## set up and open the page on the shipped demo
	$(BIN)/python app.py --open

test: .venv/test.stamp  ## set up and run every test, browser tests included
	$(BIN)/python -m pytest

check: .venv/test.stamp  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

demo: .venv/run.stamp  ## rebuild the shipped demo from nothing: hours on two cores, minutes on a GPU
	mkdir -p $(DEMO)
	test -f $(DEMO)/survey.h5 || $(BIN)/python -m data.simulate --n 20000 --seed 0 --out $(DEMO)/survey.h5
	$(BIN)/python -m models.encoders.train --images $(DEMO)/survey.h5 --run $(DEMO)/byol \
		--epochs 16 --checkpoints 0,1,3,6,10,13,16 --width 32 --size 64 --noise 0.1 --seed 0
	$(BIN)/python -m data.build --images $(DEMO)/survey.h5 --run $(DEMO)/byol --name demo \
		--sample 4000 --simulated --cutout-quality 90 --half --half-weights \
		--checkpoints epoch_000 epoch_001 epoch_003 epoch_006 epoch_010 epoch_016 \
		--keep-weights epoch_000 epoch_006 epoch_016 --overwrite

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Morphospace needs Python 3.11; name it with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --requirement requirements.txt
	@echo "Compiling what counts pairs, once: about a minute"
	$(BIN)/python -c 'from models.space import correlation, map_index, map_pixels, polygon; [part.warm() for part in (correlation, polygon, map_index, map_pixels)]'
	@touch $@

.venv/test.stamp: requirements-test.txt .venv/run.stamp
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --requirement requirements-test.txt
	@touch $@

clean:  ## remove the environment and what was cached
	rm -rf .venv cache models/space/__pycache__
