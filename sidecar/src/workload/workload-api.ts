import { Client, Metadata, credentials, loadPackageDefinition, status, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { workloadProto } from "./generated/workload-proto.ts";
import type { SvidMessage } from "./own-identity.ts";

export interface WorkloadApiDeps {
  /** `unix:///path`, as in SPIFFE_ENDPOINT_SOCKET. */
  address: string;
  clock: Clock;
  /** Uniform in 0..1, for jitter. */
  random: () => number;
  onMessage: (message: SvidMessage) => void;
  /** The stream ended. `isDenied`: this process is no workload, or no longer. */
  onEnd: (end: { isDenied: boolean; detail: string }) => void;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

type Fetch = MethodDefinition<object, SvidMessage>;

function fetchMethod(): Fetch {
  // Every field is there, maps and lists empty at least; bytes as Buffer.
  const definition = fromJSON(workloadProto as Parameters<typeof fromJSON>[0], { keepCase: true, defaults: true });
  const { service } = loadPackageDefinition(definition)["SpiffeWorkloadAPI"] as unknown as { service: { FetchX509SVID: Fetch } };
  return service.FetchX509SVID;
}

/** Without it the Workload API refuses to answer: a browser led astray could not set it (Workload API §5). */
function metadata(): Metadata {
  const fields = new Metadata();
  fields.set("workload.spiffe.io", "true");
  return fields;
}

/** One stream, to its end; resolves with how many messages came. */
function follow(client: Client, method: Fetch, deps: WorkloadApiDeps, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    let isOver = false;
    const stream = client.makeServerStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, {}, metadata());
    const cancel = (): void => {
      stream.cancel();
    };
    const end = (fault: ServiceError | null): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener("abort", cancel);
      if (!signal.aborted) deps.onEnd({ isDenied: fault?.code === status.PERMISSION_DENIED, detail: fault?.details ?? "stream closed" });
      resolve(count);
    };
    signal.addEventListener("abort", cancel, { once: true });
    stream.on("data", (message: SvidMessage) => {
      count += 1;
      deps.onMessage(message);
    });
    stream.on("error", (fault: ServiceError) => {
      end(fault);
    });
    stream.on("end", () => {
      end(null);
    });
  });
}

/** Follows the Workload API until the signal: one stream after the other, with a pause that grows while none of them brings anything. */
export async function followWorkloadApi(deps: WorkloadApiDeps, signal: AbortSignal): Promise<void> {
  if (!deps.address.startsWith("unix:")) throw new AgentKeysError("config_invalid", { message: "workloadApi must be a unix:// address" });
  const client = new Client(deps.address, credentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": FIRST_RETRY_MS,
    "grpc.max_reconnect_backoff_ms": LAST_RETRY_MS,
  });
  const method = fetchMethod();
  let pauseMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const count = await follow(client, method, deps, signal);
    pauseMs = count > 0 ? FIRST_RETRY_MS : Math.min(pauseMs * 2, LAST_RETRY_MS);
    await deps.clock.sleep(pauseMs * (0.75 + deps.random() / 2), signal).catch(() => undefined);
  }
  client.close();
}
