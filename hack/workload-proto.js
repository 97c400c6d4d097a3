// Writes sidecar/src/workload/generated/workload-proto.ts from workload.proto, so that the image carries no .proto to find and parse.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import protobuf from "protobufjs";

const FOLDER = "sidecar/src/workload";
const { root } = protobuf.parse(readFileSync(`${FOLDER}/workload.proto`, "utf8"), { keepCase: true });
mkdirSync(`${FOLDER}/generated`, { recursive: true });
writeFileSync(
  `${FOLDER}/generated/workload-proto.ts`,
  `/** Written by \`make generate\` from workload.proto. */\nexport const workloadProto = ${JSON.stringify(root.toJSON(), null, 2)};\n`,
);
