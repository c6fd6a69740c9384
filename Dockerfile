# Media Wire in a container: a slim image, a user without rights, a health check.
#
#   docker build -t mediawire .
#   docker run -p 127.0.0.1:8080:8080 -v ./config:/srv/wire/config:ro -v wire:/srv/wire/data mediawire
#
# With --read-only it needs --tmpfs /tmp.

FROM python:3.11-slim AS built
WORKDIR /src
COPY pyproject.toml README.md ./
COPY aggregator aggregator
COPY deploy deploy
RUN python -m venv /opt/wire \
    && /opt/wire/bin/pip install --no-cache-dir '.[postgres]'

FROM python:3.11-slim
LABEL org.opencontainers.image.title="Media Wire" \
      org.opencontainers.image.description="Polls the feeds of other agencies politely and republishes them, attributed."
COPY --from=built /opt/wire /opt/wire
RUN useradd --system --uid 10001 --home-dir /srv/wire wire \
    && install --directory --owner wire /srv/wire/data
COPY config /srv/wire/config
WORKDIR /srv/wire
ENV PATH=/opt/wire/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MEDIAWIRE_LISTEN=0.0.0.0:8080
# By number, so that an orchestrator can tell that it is not root.
USER 10001
EXPOSE 8080
VOLUME /srv/wire/data
# "Ready" is a current schema and a recent tick; a first start has a minute for both.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["mediawire", "health"]
# Running polls and open answers get 10 s after TERM: give `docker stop` 20.
ENTRYPOINT ["mediawire"]
CMD ["run"]
