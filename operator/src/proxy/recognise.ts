import type { AgentKeysBinding } from "../api/types.ts";
import { proxyVolumes } from "./container.ts";
import type { Container, EnvVar, Volume } from "./types.ts";

/** Fields that others may set: they change what the proxy may consume or which copy of the same image is pulled, not what runs. */
const FREE_FIELDS = new Set(["resources", "resizePolicy", "imagePullPolicy"]);

/** What the API server fills in; any other value of these, and any other member, is a difference. */
const API_DEFAULTS: Readonly<Record<string, unknown>> = {
  apiVersion: "v1",
  scheme: "HTTP",
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
  procMount: "Default",
  terminationMessagePath: "/dev/termination-log",
};

/** Variables that steer the proxy itself, Node, its TLS or the loader. */
const STEERING = /^(agentkeys_|node_|ld_|ssl_|openssl_|gconv_|path$)/i;

/** Where the API server and identity webhooks put tokens; nothing of the proxy's code lies below. */
const FOREIGN_MOUNTS = "/var/run/secrets/";

/** Names what of `found` is not as in the container we inject, or null. Additions of other webhooks that cannot change what runs are let be. */
export function differenceOfProxy(expected: Container, found: Container): string | null {
  for (const [field, value] of Object.entries(found)) {
    const isKnown = Object.hasOwn(expected, field) || FREE_FIELDS.has(field) || isAbsent(value) || API_DEFAULTS[field] === value;
    if (!isKnown) return field;
  }
  for (const [field, value] of Object.entries(expected)) {
    if (FREE_FIELDS.has(field)) continue;
    if (field === "env") {
      const name = differenceOfEnv(expected.env ?? [], found.env ?? []);
      if (name !== null) return `env ${name}`;
    } else if (field === "volumeMounts") {
      if (!areMountsGood(expected, found)) return field;
    } else if (!isCovered(value, found[field])) return field;
  }
  return null;
}

/** Names the first of the volumes we add that is missing or not as we add it, or null. */
export function differenceOfVolumes(binding: AgentKeysBinding, found: readonly Volume[]): string | null {
  const different = proxyVolumes(binding).find((ours) => {
    const [volume, ...others] = found.filter(({ name }) => name === ours.name);
    return others.length > 0 || !isCovered(ours, volume);
  });
  return different?.name ?? null;
}

function differenceOfEnv(expected: readonly EnvVar[], found: readonly EnvVar[]): string | null {
  for (const wanted of expected) {
    const same = found.filter(({ name }) => name === wanted.name);
    if (same.length !== 1 || !isCovered(wanted, same[0])) return wanted.name;
  }
  const names = new Set(expected.map(({ name }) => name));
  return found.find(({ name }) => !names.has(name) && STEERING.test(name))?.name ?? null;
}

function areMountsGood(expected: Container, found: Container): boolean {
  const wanted = expected.volumeMounts ?? [];
  const present = found.volumeMounts ?? [];
  const isOurs = (mount: (typeof present)[number]): boolean => wanted.some((ours) => isCovered(ours, mount));
  const isForeign = ({ mountPath }: (typeof present)[number]): boolean => mountPath.startsWith(FOREIGN_MOUNTS) && !mountPath.includes("..");
  return (
    wanted.every((ours) => present.some((mount) => isCovered(ours, mount))) && present.every((mount) => isOurs(mount) || isForeign(mount))
  );
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Whether `found` holds exactly `expected`, but for members that the API server fills in. */
function isCovered(expected: unknown, found: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return expected === found;
  if (typeof found !== "object" || found === null || Array.isArray(expected) !== Array.isArray(found)) return false;
  if (Array.isArray(expected) && expected.length !== (found as unknown[]).length) return false;
  const wanted = expected as Record<string, unknown>;
  const present = found as Record<string, unknown>;
  return (
    Object.entries(wanted).every(([key, value]) => isCovered(value, present[key])) &&
    Object.entries(present).every(([key, value]) => Object.hasOwn(wanted, key) || isAbsent(value) || API_DEFAULTS[key] === value)
  );
}
