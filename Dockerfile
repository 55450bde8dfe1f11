# Regulars on a slim Python. The store is a Neo4j of its own: docker-compose.yml brings one.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir "uv>=0.8,<1"
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=/srv/venv UV_PYTHON_DOWNLOADS=never
WORKDIR /srv/regulars
# Dependencies in a layer of their own: it is made again only when the lock file changes.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --locked --no-dev --no-install-project
COPY . .
RUN uv sync --locked --no-dev --no-editable

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /var/lib/regulars --uid 10001 regulars
COPY --from=build /srv/venv /srv/venv
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    REGULARS_ENVIRONMENT=production \
    REGULARS_HOST=0.0.0.0 \
    REGULARS_PORT=8000 \
    REGULARS_STATE_DIR=/var/lib/regulars/state
USER regulars
WORKDIR /var/lib/regulars
# A volume takes its owner from the folder that it covers.
RUN mkdir state
VOLUME /var/lib/regulars/state
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["regulars", "serve"]
