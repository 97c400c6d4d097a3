# One image for every service: docker build --build-arg BASE=… -t agentkeys .   (after `make build`)
ARG BASE=docker.io/library/node:24-bookworm-slim
FROM $BASE
COPY dist/image/ /app/
COPY package.json /app/package.json
USER 65532:65532
WORKDIR /app
ENV NODE_ENV=production
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/app/main.js"]
