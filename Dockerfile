# One image, five commands: dashboard (the default), api, worker, migrate; probe, on a machine elsewhere.
FROM python:3.11-slim-bookworm AS build
RUN python -m venv /venv
COPY requirements.txt requirements-meaning.txt ./
# requirements-meaning.txt: with the model that compares memories by their meaning.
ARG REQUIREMENTS=requirements.txt
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement $REQUIREMENTS

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/bee --create-home --shell /usr/sbin/nologin bee
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
RUN python -m compileall -q bee
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BEE_HOME=/var/lib/bee \
    BEE_HOST=0.0.0.0
USER 10001
EXPOSE 8501 54321
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-m", "bee.health"]
ENTRYPOINT ["python", "-m", "bee"]
CMD ["dashboard"]
