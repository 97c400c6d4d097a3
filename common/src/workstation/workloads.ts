import type { AttestationPolicy, WorkloadCaller } from "../wire/policy.ts";
import { attestationPolicy, parseSpiffeId, pinProblem, verifierKey, workloadCaller } from "../workload/index.ts";
import type { PolicyAttestation, PolicyFile, PolicyWorkload } from "./policy-file.ts";
import { problemAt } from "./toml.ts";

const pinsOf = ({
  public_key_sha256: publicKeySha256,
  measurement,
}: PolicyWorkload): { publicKeySha256?: string; measurement?: string } => ({
  ...(publicKeySha256 === undefined ? {} : { publicKeySha256 }),
  ...(measurement === undefined ? {} : { measurement }),
});

function isSpiffeId(text: string): boolean {
  try {
    parseSpiffeId(text);
    return true;
  } catch {
    return false;
  }
}

/** What of workloads and their verifier does not fit together, with lines. */
export function workloadProblems({ workload: rules, attestation, source }: PolicyFile): string[] {
  const problems: string[] = [];
  rules.forEach((rule, index) => {
    const at = (key: string | undefined, what: string): void => {
      const place = { table: "workload", index, ...(key === undefined ? {} : { key }) };
      problems.push(problemAt(source, place, `workload ${index + 1}: ${what}`));
    };
    if (!isSpiffeId(rule.spiffe_id)) at("spiffe_id", "spiffe_id is no SPIFFE ID of a workload");
    const pins = pinsOf(rule);
    const why = pinProblem(pins, { keyName: "public_key_sha256", hasAttestation: attestation !== undefined });
    if (why !== null) at(pins.measurement === undefined ? undefined : "measurement", why);
  });
  attestation?.keys.forEach((pem, index) => {
    if (verifierKey(pem) === null)
      problems.push(problemAt(source, { table: "attestation", key: "keys" }, `attestation: key ${index + 1} cannot be read`));
  });
  return problems;
}

/** The workloads that may use a service. */
export function workloadsOf({ workload: rules }: Pick<PolicyFile, "workload">, service: string): WorkloadCaller[] {
  return rules
    .filter(({ services }) => services.includes(service))
    .map((rule) => workloadCaller({ spiffeId: rule.spiffe_id, ...pinsOf(rule) }));
}

/** The verifier as proxies are told it. */
export function attestationOf({ measurement_claim, max_age_seconds, ...rest }: PolicyAttestation): AttestationPolicy {
  return attestationPolicy({ ...rest, measurementClaim: measurement_claim, maxAgeSeconds: max_age_seconds });
}
