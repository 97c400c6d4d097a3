/** Reads fixtures `name.yaml` and says what injection makes of them; run as a program, it writes `name.patch.json` anew. */
import { loadYaml } from "@kubernetes/client-node";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { AgentKeysBindingSpec } from "../../src/api/types.ts";
import { resolvePreset } from "@agentkeys/common/presets";
import type { RawPod } from "../../src/proxy/index.ts";
import { inject } from "../../src/webhook/inject.ts";
import { podOf } from "../../src/webhook/shape.ts";
import type { InjectSettings } from "../../src/webhook/types.ts";
import { aBinding } from "../fakes/objects.ts";

const FOLDER = new URL("fixtures/", import.meta.url);
export const PLACEHOLDER = `sk-agentkeys-${"p".repeat(32)}`;
export const SETTINGS: InjectSettings = {
  image: "registry.example/agentkeys@sha256:1",
  imagePullPolicy: "IfNotPresent",
  version: "0.1.0",
  operatorUrl: "https://operator",
  brokerUrl: "https://broker",
  workerUrl: "https://worker",
  trustBundle: "CA",
};

export interface Fixture {
  pod: RawPod;
  binding?: Partial<AgentKeysBindingSpec>;
  services?: string[];
}

export const fixtureNames = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -5))
  .sort();

export function readFixture(name: string): Fixture {
  return loadYaml<Fixture>(readFileSync(new URL(`${name}.yaml`, FOLDER), "utf8"));
}

export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.patch.json`, FOLDER), "utf8"));
}

/** Injects a fixture's pod, or another one as its later pass. */
export function injectFixture(fixture: Fixture, pod: unknown = fixture.pod): ReturnType<typeof inject> {
  const services = (fixture.services ?? ["openai"]).map((preset) => resolvePreset({ preset }, preset));
  return inject({ pod: podOf(pod), binding: aBinding(fixture.binding), services, settings: SETTINGS, placeholder: PLACEHOLDER });
}

if (pathToFileURL(process.argv[1] ?? "").href === import.meta.url)
  for (const name of fixtureNames)
    writeFileSync(new URL(`${name}.patch.json`, FOLDER), `${JSON.stringify(injectFixture(readFixture(name)), null, 2)}\n`);
