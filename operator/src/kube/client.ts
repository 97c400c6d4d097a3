import { HttpMethod, KubeConfig, RequestContext } from "@kubernetes/client-node";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fetch, type Response } from "undici";
import { AgentKeysError } from "@agentkeys/common/errors";
import { FIELD_MANAGER, type KubeObject } from "../api/types.ts";
import type { KubeApi, ListOptions, WatchEvent } from "./port.ts";
import { pathOf } from "./resources.ts";

const CALL_TIMEOUT_MS = 15_000;
/** Bookmarks arrive about once a minute, so a silent watch is a dead one. */
const WATCH_SILENCE_MS = 150_000;
const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

interface Call {
  method: HttpMethod;
  path: string;
  query?: Record<string, string | undefined>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
}

/** The cluster's configuration: the given kubeconfig file, else the pod's service account. */
export function loadKubeConfig(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (file === undefined) config.loadFromCluster();
  else config.loadFromFile(file);
  return config;
}

/** Opens the API over client-node's credentials and TLS; answers stay plain JSON. */
export function openKubeApi(config: KubeConfig, { callTimeoutMs = CALL_TIMEOUT_MS }: { callTimeoutMs?: number } = {}): KubeApi {
  const send = async (call: Call): Promise<Response> => {
    const url = new URL(`${config.getCurrentCluster()?.server ?? ""}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.set(name, value);
    const context = new RequestContext(url.toString(), call.method);
    try {
      await config.applySecurityAuthentication(context);
      const dispatcher = context.getDispatcher();
      return await fetch(url, {
        method: call.method,
        headers: {
          ...(context.getHeaders() as Record<string, string>),
          accept: call.accept ?? "application/json",
          ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
        },
        signal: call.signal ?? AbortSignal.timeout(callTimeoutMs),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
    } catch (cause) {
      throw new AgentKeysError("kube_api", { detail: `${call.method} ${call.path}`, cause });
    }
  };
  const json = async (call: Call): Promise<unknown> => {
    const answer = await send(call);
    if (!answer.ok) throw await refusal(call, answer);
    return await answer.json();
  };
  const object = async (call: Call): Promise<KubeObject> => (await json(call)) as KubeObject;
  return {
    async get(resource, at) {
      const call: Call = { method: HttpMethod.GET, path: pathOf(resource, at) };
      const answer = await send(call);
      if (answer.ok) return (await answer.json()) as KubeObject;
      const fault = await refusal(call, answer);
      if (answer.status === 404) return null;
      throw fault;
    },
    async list(resource, options) {
      const accept = options.metadataOnly === true ? { accept: METADATA_LIST } : {};
      const body = (await json({
        method: HttpMethod.GET,
        path: pathOf(resource, scopeOf(options)),
        query: listQuery(options),
        ...accept,
      })) as {
        metadata: { resourceVersion?: string; continue?: string };
        items: KubeObject[] | null;
      };
      const next = body.metadata.continue;
      const page = { items: body.items ?? [], resourceVersion: body.metadata.resourceVersion ?? "" };
      return next === undefined || next === "" ? page : { ...page, continueToken: next };
    },
    async *watch(resource, options) {
      const query = {
        ...listQuery(options),
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion: options.resourceVersion,
        timeoutSeconds: String(options.timeoutSeconds),
      };
      const accept = options.metadataOnly === true ? { accept: METADATA_ONLY } : {};
      const silence = silenceWatch();
      const signal = AbortSignal.any([options.signal, silence.signal]);
      const call: Call = { method: HttpMethod.GET, path: pathOf(resource, scopeOf(options)), query, signal, ...accept };
      try {
        const answer = await send(call);
        if (!answer.ok) throw await refusal(call, answer);
        yield* lines(answer, silence.heard);
      } finally {
        silence.stop();
      }
    },
    create: (resource, body, at = {}) => object({ method: HttpMethod.POST, path: pathOf(resource, at), body }),
    replace: (resource, body) => object({ method: HttpMethod.PUT, path: pathOf(resource, body.metadata), body }),
    apply: (resource, body, options = {}) =>
      object({
        method: HttpMethod.PATCH,
        path: pathOf(resource, { ...body.metadata, ...options }),
        query: { fieldManager: FIELD_MANAGER, force: "true" },
        contentType: "application/apply-patch+yaml",
        body,
      }),
    merge: (resource, at, body) =>
      object({ method: HttpMethod.PATCH, path: pathOf(resource, at), contentType: "application/merge-patch+json", body }),
    patch: (resource, at, body) =>
      object({ method: HttpMethod.PATCH, path: pathOf(resource, at), contentType: "application/json-patch+json", body }),
    async remove(resource, at) {
      const call: Call = { method: HttpMethod.DELETE, path: pathOf(resource, at) };
      const answer = await send(call);
      if (!answer.ok && answer.status !== 404) throw await refusal(call, answer);
      await answer.body?.cancel();
    },
  };
}

function scopeOf(options: { namespace?: string }): { namespace?: string } {
  return options.namespace === undefined ? {} : { namespace: options.namespace };
}

function listQuery(options: ListOptions): Record<string, string | undefined> {
  return {
    labelSelector: options.labelSelector,
    limit: options.limit === undefined ? undefined : String(options.limit),
    continue: options.continueToken,
  };
}

async function refusal(call: Call, answer: Response): Promise<AgentKeysError> {
  const text = await answer.text().catch(() => "");
  const message = /"message":"((?:[^"\\]|\\.){0,400})/.exec(text)?.[1] ?? text.slice(0, 200);
  const detail = `${call.method} ${call.path}: ${answer.status} ${message}`;
  return new AgentKeysError(answer.status === 409 ? "version_conflict" : "kube_api", { detail, cause: { status: answer.status } });
}

/** HTTP status of a refusal, when the API server answered at all. */
export function statusOf(fault: unknown): number | undefined {
  const cause = fault instanceof AgentKeysError ? (fault.cause as { status?: unknown } | undefined) : undefined;
  return typeof cause?.status === "number" ? cause.status : undefined;
}

function silenceWatch(): { signal: AbortSignal; heard: () => void; stop: () => void } {
  const controller = new AbortController();
  const arm = (): NodeJS.Timeout =>
    setTimeout(() => controller.abort(new AgentKeysError("kube_api", { detail: "silent watch" })), WATCH_SILENCE_MS).unref();
  let timer = arm();
  const heard = (): void => {
    clearTimeout(timer);
    timer = arm();
  };
  return { signal: controller.signal, heard, stop: () => clearTimeout(timer) };
}

async function* lines(answer: Response, heard: () => void): AsyncGenerator<WatchEvent> {
  if (answer.body === null) return;
  const body = Readable.fromWeb(answer.body);
  // readline does not forward the stream's error: without this listener a cut connection would end the process.
  let fault: unknown;
  body.on("error", (error) => (fault = error));
  const reader = createInterface({ input: body });
  try {
    for await (const line of reader) {
      heard();
      if (line !== "") yield JSON.parse(line) as WatchEvent;
    }
  } catch (cause) {
    throw new AgentKeysError("kube_api", { detail: "watch broke off", cause });
  } finally {
    reader.close();
    body.destroy();
  }
  if (fault !== undefined) throw new AgentKeysError("kube_api", { detail: "watch broke off", cause: fault });
}
