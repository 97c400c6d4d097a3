import { describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { parseAllDocuments } from "yaml";
import { ROLE_POLICY } from "../../../cli/src/evaluation/role-policy.ts";

const CHART = new URL("..", import.meta.url).pathname;
const HELM = `${process.env["AGENTKEYS_CACHE"] ?? `${homedir()}/.cache/agentkeys/cluster`}/bin/helm`;

interface Container {
  image: string;
  securityContext: object;
}
interface Rendered {
  kind: string;
  metadata: { name: string };
  rules?: { verbs: string[]; resources: string[]; apiGroups: string[] }[];
  webhooks?: { clientConfig: object; failurePolicy: string }[];
  spec?: { template?: { spec: { containers: Container[]; securityContext: object } } };
}

function render(...args: string[]): Rendered[] {
  const text = execFileSync(HELM, ["template", "agentkeys", CHART, "-n", "agentkeys-system", "--kube-version", "1.36.3", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return parseAllDocuments(text).flatMap((document) => (document.toJSON() === null ? [] : [document.toJSON() as Rendered]));
}
const address = `0x${"ab".repeat(20)}`;
const production = [
  "profile=production",
  "oidcIssuer=https://oidc.example",
  "chain.rpcUrls={https://rpc.example}",
  ...["registry", "scope", "epoch", "lens"].map((name) => `chain.contracts.${name}=${address}`),
  "store.roleArn=arn:aws:iam::123456789012:role/agentkeys",
  "keys.k1Secret=k1",
  "keys.k2Secret=k2",
  "keys.k3Secret=k3",
];
const sets = (values: readonly string[]): string[] => values.flatMap((value) => ["--set", value]);

describe.each([
  ["evaluation", []],
  ["production", sets(production)],
])("%s profile", (_name, args) => {
  const objects = render(...args);

  test("no rule has a wildcard and no ClusterRole reads Secrets", () => {
    for (const { kind, rules = [] } of objects)
      for (const { verbs, resources, apiGroups } of rules) {
        expect([...verbs, ...resources, ...apiGroups]).not.toContain("*");
        if (kind === "ClusterRole") expect(resources).not.toContain("secrets");
      }
  });

  test("no caBundle is rendered, so that GitOps sees no drift", () => {
    expect(JSON.stringify(objects)).not.toContain("caBundle");
  });

  test("pods fit the restricted pod security standard", () => {
    const pods = objects.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template.spec]));
    expect(pods.length).toBeGreaterThanOrEqual(5);
    for (const { securityContext, containers } of pods) {
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      for (const container of containers)
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
    }
  });
});

test("the production profile renders no chain, store or key of its own", () => {
  const names = render(...sets(production)).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  expect(names.filter((name) => /^Secret|agentkeys-store|Deployment\/agentkeys-chain/.test(name))).toEqual([]);
});

test.each(production.slice(1))("the production profile is refused without %s", (missing) => {
  expect(() => render(...sets(production.filter((value) => value !== missing)))).toThrow(
    /values don't meet the specifications|Command failed/,
  );
});

test("the CRDs in the chart are the source's", () => {
  for (const name of ["agentkeysbindings.yaml", "agentkeysservices.yaml"])
    expect(readFileSync(`${CHART}crds/${name}`, "utf8")).toBe(readFileSync(`${CHART}../../crds/${name}`, "utf8"));
});

test("the local store's policy starts from the one shipped for AWS", () => {
  expect(JSON.parse(ROLE_POLICY)).toEqual(JSON.parse(readFileSync(`${CHART}files/policies/role-policy.json`, "utf8")));
});
