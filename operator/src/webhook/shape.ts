import { validator } from "@agentkeys/common/http";
import type { RawPod } from "../proxy/index.ts";

const text = { type: ["string", "null"] };
const texts = { type: ["object", "null"], additionalProperties: { type: "string" } };
const list = (items: object): object => ({ type: ["array", "null"], items });
const open = (properties: object, required: string[] = []): object => ({ type: "object", required, properties });
const maybe = (properties: object): object => ({ type: ["object", "null"], properties });

const container = open(
  {
    name: { type: "string" },
    ports: list(open({ containerPort: { type: "integer" } }, ["containerPort"])),
    env: list(open({ name: { type: "string" }, value: text }, ["name"])),
    volumeMounts: list(open({ name: { type: "string" }, mountPath: { type: "string" } }, ["name", "mountPath"])),
  },
  ["name"],
);
const source = open({ serviceAccountToken: maybe({ audience: text }) });
const pod = open(
  {
    metadata: open({ name: text, namespace: text, labels: texts, annotations: texts }),
    spec: open({
      containers: list(container),
      initContainers: list(container),
      ephemeralContainers: list(container),
      volumes: list(open({ name: { type: "string" }, projected: maybe({ sources: list(source) }) }, ["name"])),
      serviceAccountName: text,
      hostNetwork: { type: ["boolean", "null"] },
      os: maybe({ name: text }),
      nodeSelector: texts,
    }),
  },
  ["metadata", "spec"],
);

const parse = validator<RawPod>(pod);

/** The pod of a review when the fields we read are of the kinds they must be; throws `invalid_input`. */
export function podOf(object: unknown): RawPod {
  return parse(object);
}
