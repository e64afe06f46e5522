/** GitHub's webhook deliveries for a push, as small as the relay needs them (docs.github.com, "Webhook events and payloads"). */
import { createHmac } from "node:crypto";
import { DEMO_ORG } from "./cast.ts";
import type { Moment } from "./moments.ts";

export interface Delivery {
  readonly event: string;
  readonly payload: object;
}

/** A hook of the whole organization reports every event: its repositories are covered from then on. */
export function ping(): Delivery {
  const hook = { type: "Organization", active: true, events: ["*"] };
  return { event: "ping", payload: { zen: "Design for failure.", hook, organization: { login: DEMO_ORG } } };
}

/** One burst. @param sha of the commit pushed. */
export function deliveriesOf({ repository, pull, run }: Extract<Moment, { kind: "push" }>, sha: string): Delivery[] {
  const ofRepository = { repository: { full_name: repository }, organization: { login: DEMO_ORG } };
  const branch = `topic-${pull}`;
  const check = { name: "test", head_sha: sha, pull_requests: [{ number: pull }] };
  return [
    { event: "push", payload: { ...ofRepository, ref: `refs/heads/${branch}`, after: sha, before: "0".repeat(40) } },
    {
      event: "pull_request",
      payload: {
        ...ofRepository,
        action: "synchronize",
        number: pull,
        pull_request: { number: pull, head: { sha, ref: branch } },
      },
    },
    { event: "check_run", payload: { ...ofRepository, action: "created", check_run: { id: run * 10, ...check } } },
    { event: "check_run", payload: { ...ofRepository, action: "completed", check_run: { id: run * 10, ...check } } },
    {
      event: "workflow_run",
      payload: { ...ofRepository, action: "requested", workflow_run: { id: run, head_sha: sha, head_branch: branch } },
    },
  ];
}

/** `X-Hub-Signature-256` (docs.github.com, "Validating webhook deliveries"). */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}
