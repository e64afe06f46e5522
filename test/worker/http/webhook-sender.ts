/** Deliveries as GitHub sends them, and what they may have changed. */
import { createHmac } from "node:crypto";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { TestRelay } from "../support/relay.ts";

export const SECRET = "a-webhook-secret-for-tests";

export interface Sent {
  readonly event?: string | null;
  readonly delivery?: string | null;
  /** Instead of the right one. */
  readonly signature?: string | null;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent in place of the signed body. */
  readonly body?: string | ReadableStream<Uint8Array>;
}

/** A seeded relay that takes deliveries, before a GitHub as new; its logs are kept from the console. */
export async function openRelay(): Promise<TestRelay> {
  for (const method of ["log", "error"] as const) vi.spyOn(console, method).mockReturnValue(undefined);
  const relay = new TestRelay({ vars: { PUBLIC_REPO_TTL_SECONDS: "600", GITHUB_WEBHOOK_SECRET: SECRET } });
  await relay.github.reset();
  return relay.seed();
}

let serial = 0;

export const sign = (body: string, secret = SECRET): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** Signs the payload, then sends it or what stands in its place. */
export async function deliver(relay: TestRelay, payload: unknown, sent: Sent = {}) {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const headers: Record<string, string | null> = {
    "content-type": sent.contentType ?? "application/json",
    "x-github-event": sent.event === undefined ? "push" : sent.event,
    "x-github-delivery": sent.delivery === undefined ? `delivery-${serial++}` : sent.delivery,
    "x-hub-signature-256": sent.signature === undefined ? sign(text) : sent.signature,
    ...sent.headers,
  };
  const given = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== null);
  const response = await relay.fetch("/v1/github/webhook", {
    method: "POST",
    headers: Object.fromEntries(given),
    body: sent.body ?? text,
  });
  const body = (await response.json()) as Record<string, unknown> & { error?: { code: string } };
  return { status: response.status, body, code: body.error?.code };
}

/** Everything that a delivery may change. */
export async function everythingItChanges(): Promise<unknown> {
  const tables = ["cache_generations", "github_public_repos", "repo_coverage", "webhook_deliveries"];
  return Promise.all(
    tables.map(async (table) => (await env.DB.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all()).results),
  );
}
