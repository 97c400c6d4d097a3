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
/** The fields of a pod that admission reads, each of the kind it must be; what else a pod has is the API server's business. */
export const podSchema = open(
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
