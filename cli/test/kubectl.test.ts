import { describe, expect, test } from "@jest/globals";
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKubectl, type Kubectl } from "../src/kube/kubectl.ts";

/** A program in kubectl's place that writes down its arguments, then does what the script says. */
function standIn(script: string): { kubectl: Kubectl; called: () => string[]; stop: AbortController; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-kubectl-"));
  const binary = join(folder, "kubectl");
  writeFileSync(binary, `#!/bin/sh\necho "$*" >> ${folder}/called\n${script}\n`);
  chmodSync(binary, 0o755);
  const stop = new AbortController();
  const kubectl = createKubectl({ PATH: process.env["PATH"], KUBECTL: binary }, stop.signal);
  return { kubectl, stop, folder, called: () => readFileSync(join(folder, "called"), "utf8").trim().split("\n") };
}

describe("kubectl", () => {
  test("asks for one object, for a namespace's, and for everybody's", async () => {
    const { kubectl, called } = standIn(`echo '{"items":[]}'`);
    await kubectl.get("pod", { namespace: "a", name: "b" });
    await kubectl.get("pods", { namespace: "a", selector: "x=y" });
    await kubectl.get("nodes", { name: "n" });
    expect(await kubectl.get("pods", {})).toEqual({ items: [] });
    expect(called()).toEqual(["get pod b -n a -o json", "get pods -n a -l x=y -o json", "get nodes n -o json", "get pods -A -o json"]);
  });

  test.each(["--all", "-f/etc/passwd", "a/b", "", "A", "a".repeat(300)])("%p is no name and never becomes an argument", async (name) => {
    const { kubectl, folder } = standIn("echo {}");
    await expect(Promise.resolve().then(() => kubectl.get("pod", { namespace: "a", name }))).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(Promise.resolve().then(() => kubectl.get("pod", { namespace: name, name: "a" }))).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(existsSync(join(folder, "called"))).toBe(false);
  });

  test.each([
    [`echo 'Error from server (NotFound): pods "b" not found' >&2; exit 1`, null],
    [`echo 'error: the server doesn'"'"'t have a resource type "x"' >&2; exit 1`, /install the chart/],
    [`echo 'Error from server (Forbidden): no' >&2; exit 1`, /Forbidden.*your rights/],
  ])("%s", async (script, expected) => {
    const answer = standIn(script).kubectl.get("pod", { namespace: "a", name: "b" });
    if (expected === null) expect(await answer).toBeNull();
    else await expect(answer).rejects.toMatchObject({ code: "kube_api", publicMessage: expect.stringMatching(expected) });
  });

  test("says what is wrong without what its libraries log", async () => {
    const { kubectl } = standIn(
      `echo 'E1126 20:28:21.241581    6861 memcache.go:265] "Unhandled Error" err="no"' >&2
echo 'The connection to the server localhost:8080 was refused - did you specify the right host or port?' >&2; exit 1`,
    );
    await expect(kubectl.get("pod", { namespace: "a", name: "b" })).rejects.toMatchObject({
      publicMessage:
        "kubectl get pod b failed: The connection to the server localhost:8080 was refused - did you specify the right host or port. Check kubectl config current-context and your rights",
    });
  });

  test("a Secret's values stay in kubectl: names and one annotation come out", async () => {
    const { kubectl, called } = standIn(`printf '7\\n<no value>\\n1 2 '`);
    const found = await kubectl.entries({ namespace: "a", name: "k3", annotation: "x.io/y" });
    expect(found).toEqual({ resourceVersion: "7", annotation: "", names: ["1", "2"] });
    expect(called().join("\n")).toMatch(/^get secret k3 -n a -o go-template=[^]*index \. "x\.io\/y"[^]*\$name[^]*$/);
    expect(called().join("\n")).not.toMatch(/json|\{\{\$value/);
  });

  test("a patch goes in by standard input, never as an argument; one that lost a race is version_conflict", async () => {
    const { kubectl, called, folder } = standIn(`cat > "$(dirname "$0")/given"`);
    await kubectl.patch("secret", { namespace: "a", name: "k3" }, { data: { "2": "c2VjcmV0" } });
    expect(called()).toEqual(["patch secret k3 -n a --type merge --patch-file /dev/stdin"]);
    expect(readFileSync(join(folder, "given"), "utf8")).toBe('{"data":{"2":"c2VjcmV0"}}');
    const lost = standIn(`echo 'Error from server (Conflict): changed' >&2; exit 1`).kubectl;
    await expect(lost.patch("secret", { namespace: "a", name: "k3" }, {})).rejects.toMatchObject({ code: "version_conflict" });
    const none = standIn(`echo 'Error from server (NotFound): no' >&2; exit 1`).kubectl;
    await expect(none.patch("secret", { namespace: "a", name: "k3" }, {})).rejects.toMatchObject({ code: "not_found" });
  });

  test("one that is not installed is told", async () => {
    const kubectl = createKubectl({ KUBECTL: "/nowhere/kubectl" }, new AbortController().signal);
    await expect(kubectl.versions()).rejects.toMatchObject({ publicMessage: expect.stringContaining("no kubectl") });
    await expect(kubectl.forward("a", "service/b", 1)).rejects.toMatchObject({ code: "kube_api" });
  });

  test("a forwarded port is open until it is closed, or the command is interrupted", async () => {
    const script = `trap 'echo ended >> "$(dirname "$0")/called"; exit 0' TERM; echo 'Forwarding from 127.0.0.1:4711 -> 8091'; while :; do sleep 0.05; done`;
    for (const end of ["close", "interrupt"] as const) {
      const { kubectl, called, stop } = standIn(script);
      const forwarded = await kubectl.forward("system", "service/agentkeys-broker", 8091);
      expect(forwarded.port).toBe(4711);
      if (end === "close") forwarded.close();
      else stop.abort();
      while (!called().includes("ended")) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(called()[0]).toBe("port-forward --address 127.0.0.1 -n system service/agentkeys-broker :8091");
    }
  });

  test("a forwarding that ends before it listens says why", async () => {
    const { kubectl } = standIn(`echo 'error: services "x" not found' >&2; exit 1`);
    await expect(kubectl.forward("system", "service/x", 1)).rejects.toMatchObject({
      publicMessage: expect.stringMatching(/not found.*doctor/),
    });
  });
});
