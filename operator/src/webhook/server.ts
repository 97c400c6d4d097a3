import { createApp, finishApp } from "@agentkeys/common/http";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Metrics } from "@agentkeys/common/metrics";
import type { Express, Request } from "express";
import { reviewBinding, reviewPod, type AdmissionRequest, type AdmissionResponse, type ReviewDeps } from "./review.ts";

/** The API server sends no more than 3 MiB. */
const MAX_REVIEW_BYTES = 3_145_728;

function requestOf(request: Request): AdmissionRequest {
  const review = (request.body ?? {}) as { apiVersion?: unknown; kind?: unknown; request?: Partial<AdmissionRequest> };
  const isReview = review.apiVersion === "admission.k8s.io/v1" && review.kind === "AdmissionReview";
  if (!isReview || typeof review.request?.uid !== "string" || review.request.uid === "")
    throw new AgentKeysError("invalid_input", { message: "Expected an AdmissionReview of admission.k8s.io/v1 as application/json" });
  return review.request as AdmissionRequest;
}

/** POST `/mutate-pods` and `/validate`. */
export function createWebhookApp(deps: Omit<ReviewDeps, "count"> & { metrics: Metrics }): Express {
  const app = createApp({ log: deps.log, metrics: deps.metrics, maxBodyBytes: MAX_REVIEW_BYTES });
  const reviews = deps.metrics.counter("reviews_total", "Reviews by outcome", ["outcome"]);
  const review: ReviewDeps = { ...deps, count: (outcome) => reviews.inc({ outcome }) };
  const mount = (path: string, answer: (request: AdmissionRequest) => Promise<AdmissionResponse>): void => {
    app.post(path, async (request, response) => {
      const asked = requestOf(request);
      const answered = await answer(asked);
      if (!answered.allowed) deps.log.info("admission refused", { namespace: asked.namespace, reason: answered.status?.reason });
      response.json({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answered });
    });
  };
  mount("/mutate-pods", (request) => reviewPod(request, review));
  mount("/validate", (request) => reviewBinding(request, review));
  finishApp(app, { log: deps.log });
  return app;
}
