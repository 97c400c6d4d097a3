# One image for every service: docker build --build-arg BASE=… -t agentkeys .   (after `make build`)
ARG BASE=docker.io/library/node:24-bookworm-slim
# V8's compiled code of each service, kept for its start. A service without configuration loads its code and ends with 2.
FROM $BASE AS compiled
COPY dist/image/ /app/
COPY package.json /app/package.json
USER 65532:65532
WORKDIR /app
ENV NODE_COMPILE_CACHE=/tmp/compiled
RUN for service in operator webhook broker auditor creds-worker signer sidecar relay; do \
      node --disable-warning=ExperimentalWarning --no-maglev /app/main.js "$service" --no-such-flag 2>/dev/null; [ $? -eq 2 ] || exit 1; \
    done; chmod -R a+rX /tmp/compiled

FROM $BASE
COPY dist/image/ /app/
COPY package.json /app/package.json
COPY --from=compiled --chown=0:0 /tmp/compiled/ /app/compiled/
USER 65532:65532
WORKDIR /app
# Node looks for a folder of its version, processor and user: what does not fit is left alone, and nothing can be written here.
# One malloc arena: a Node process allocates on one thread, and the arenas of the others are never given back.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/compiled MALLOC_ARENA_MAX=1
# Without V8's middle compiler a busy proxy holds about 10 MiB less and is no slower. The compiled code above is of the same flags.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "--no-maglev", "/app/main.js"]
