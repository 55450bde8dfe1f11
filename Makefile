# Everything a newcomer needs: `make demo` and `make test`.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --locked --no-progress

.PHONY: demo test check fmt reference client bench clean env

demo: env  ## sets up everything, streams a made-up world through the service and leaves it running
	@$(RUN) regulars demo $(ARGS)

test: env  ## all tests in two processes, each with a real embedded Neo4j of its own
	@$(RUN) pytest -n 2 --dist loadfile $(ARGS)

check: env  ## lints and types
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) pyright

fmt: env  ## formats the code and mends what can be mended
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

reference: env  ## writes schema.graphql and docs/reference from the code
	@$(RUN) python -m resolvers.schema > schema.graphql
	@$(RUN) python -m cli.reference docs/reference

client: env  ## makes the typed client from schema.graphql and client/documents
	@$(UV) run --locked --no-progress --script client/make.py

bench: env  ## the benchmarks whose figures the README quotes; it takes hours
	@for name in ingest latency match serve scale growth resolve hard memory faults kills rebuild strangers accuracy; do $(RUN) regulars bench $$name || exit; done

clean:  ## stops the embedded Neo4j of this folder and forgets its data
	@test ! -d .venv || $(RUN) regulars neo4j stop
	@rm -rf .regulars

env:
	@test -x "$(UV)" || command -v uv >/dev/null || (python3 -m venv .uv && .uv/bin/pip install -q uv)
	@$(UV) sync --locked -q
