import { expect, test } from "@jest/globals";
import { KubeConfig } from "@kubernetes/client-node";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openKubeApi, RESOURCES } from "../src/kube/index.ts";

test.each(["ended", "cut"])("a watch that is %s in the middle of an event gives the whole ones and then fails as kube_api", async (how) => {
  const event = { type: "ADDED", object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "a", resourceVersion: "1" } } };
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(`${JSON.stringify(event)}\n{"type":"MODIFIED","obj`, () => {
      if (how === "ended") response.end();
      else response.destroy();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    const config = new KubeConfig();
    const { port } = server.address() as AddressInfo;
    // The client lets plain HTTP pass only with this; nothing leaves the loopback.
    config.loadFromClusterAndUser({ name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }, { name: "u" });
    const heard: string[] = [];
    const watching = async (): Promise<void> => {
      const options = { resourceVersion: "0", timeoutSeconds: 60, signal: AbortSignal.timeout(10_000) };
      for await (const { object } of openKubeApi(config).watch(RESOURCES.namespaces, options)) heard.push(object.metadata.name);
    };
    await expect(watching()).rejects.toMatchObject({ code: "kube_api", detail: "watch broke off" });
    if (how === "ended") expect(heard).toEqual(["a"]);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
