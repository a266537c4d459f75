# The service image: production dependencies and the TypeScript sources, which Node 24 runs as they are (no build step).
# Pin the base by digest for a release: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:<digest you verified>.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are the embedded database and a second Node: neither belongs here. No install script runs.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --cache /tmp/npm && rm -rf /tmp/npm

FROM ${NODE_IMAGE} AS service
LABEL org.opencontainers.image.title="judicial-assistance" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY migrations ./migrations
COPY src ./src
COPY openapi/examples.json ./openapi/examples.json
COPY templates ./templates
# bin/admin and bin/migrate, for a person at a shell.
COPY bin ./bin
# Production unless told otherwise: a forgotten setting must not open a sandbox.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    METRICS_PORT=9464
# Documents, sealed, unless an S3-compatible store holds them, and the checkpoints of the audit log: volumes mounted here take
# over owner and mode.
RUN install -d -o 65532 -g 65532 -m 0700 /data /audit
# Nobody in particular; what lasts is in the database, in /data and in /audit, and there is no other place to write but /tmp.
USER 65532:65532
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`, { signal: AbortSignal.timeout(4000) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: Node itself is process 1 and gets the signals. This command runs the jobs too; with `--no-worker` it leaves
# them to a container of src/bin/worker.ts, and bin/migrate and bin/admin are run in its place.
CMD ["node", "src/bin/server.ts"]
