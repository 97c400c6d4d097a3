import { expect, test } from "@jest/globals";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../src/main.ts";

test.each(["missing", "malformed"])("an operator whose wallet file is %s ends at its start and says what to do", async (what) => {
  const file = join(mkdtempSync(join(tmpdir(), "wallet-")), "privateKey");
  if (what === "malformed") writeFileSync(file, "secret");
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) } as unknown as NodeJS.WritableStream;
  const url = "https://agentkeys.test";
  const names = { namespace: "agentkeys-system", deviceNamespace: "agentkeys-system-devices", podName: "one" };
  const given = { ...names, brokerUrl: url, workerUrl: url, publicUrl: url };
  const flags = Object.entries({ ...given, walletFile: file }).flatMap(([key, value]) => [
    `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
  const code = await main({ argv: flags, env: {}, signal: new AbortController().signal, stdout: stderr, stderr });
  expect(code).toBe(2);
  expect(said.join("")).toContain(`${file} must hold 32 raw bytes or 64 hex digits`);
  expect(said.join("")).toContain("give walletAddress");
});
