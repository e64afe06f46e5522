/** One relayed read as GitHub's own answer, asked again while the refusal is a passing one. */
import type { Relay, RelayAsk } from "./client.ts";
import { wholeNumber } from "./config.ts";
import { Failure } from "./exit.ts";
import type { HttpAnswer } from "./http.ts";
import type { Io } from "./io.ts";
import { isObject, numberAt, objectAt, parseJson, textAt, type JsonObject } from "./json.ts";
import type { Environment, Machine } from "./machine.ts";
import { isTransient, readRefusal, type Refusal } from "./refusal.ts";

/** How the relay made the answer. Every member may be missing. */
export interface CacheFacts {
  readonly cache: string | undefined;
  readonly routeKind: string | undefined;
  readonly staleReason: string | undefined;
  readonly ageSeconds: number | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

export type ReadOutcome =
  | {
      readonly kind: "github";
      readonly status: number;
      readonly statusText: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
      readonly facts: CacheFacts;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface ReadNeeds {
  readonly relay: Relay;
  readonly env: Environment;
  readonly io: Pick<Io, "note">;
  readonly machine: Pick<Machine, "sleep" | "now">;
}

/** Half a minute of waiting: whoever needs longer asks again. */
const MAX_RETRIES = 10;

/** Asks in raw mode, and unwraps the envelope of a server that has none. Repeats follow OCTOPOOL_RELAY_RETRIES. */
export async function readThroughRelay(ask: RelayAsk, needs: ReadNeeds, pool?: string): Promise<ReadOutcome> {
  const retries = Math.min(wholeNumber(needs.env, "OCTOPOOL_RELAY_RETRIES", 2), MAX_RETRIES);
  for (let attempt = 0; ; attempt += 1) {
    const outcome = readAnswer(await needs.relay.relayed(ask, { raw: true, pool }), needs.machine.now());
    if (outcome.kind === "github" || attempt >= retries || !isTransient(outcome.refusal)) return outcome;
    const seconds = attempt === 0 ? 1 : 3;
    const why = outcome.refusal.details["reason"] ?? outcome.refusal.code ?? String(outcome.refusal.status);
    needs.io.note(`the relay refuses for the moment (${why}); asking again in ${seconds} s`);
    await needs.machine.sleep(seconds * 1000);
  }
}

/** The freshness headers that OCTOPOOL_FRESH and OCTOPOOL_MAX_AGE ask for. */
export function freshnessHeaders(env: Environment): Record<string, string> {
  if (env["OCTOPOOL_FRESH"] === "1") return { "cache-control": "max-age=0" };
  const seconds = wholeNumber(env, "OCTOPOOL_MAX_AGE", undefined);
  return seconds === undefined ? {} : { "cache-control": `max-age=${seconds}` };
}

/** A complete answer of whatever quality. Throws `Failure` where it is neither GitHub's, a refusal nor an envelope. */
export function readAnswer(answer: HttpAnswer, now: number): ReadOutcome {
  const from = answer.headers["x-octopool-answer"];
  if (from === "github") return { kind: "github", ...answer, facts: headerFacts(answer.headers) };
  if (from === "relay" || answer.status < 200 || answer.status > 299)
    return { kind: "refused", refusal: readRefusal(answer) };
  return unwrap(answer, now);
}

/** The facts a raw answer carries in its headers. */
export function headerFacts(headers: Readonly<Record<string, string>>): CacheFacts {
  const age = headers["x-octopool-age"];
  return {
    cache: headers["x-octopool-cache"],
    routeKind: headers["x-octopool-route-kind"],
    staleReason: headers["x-octopool-stale-reason"],
    ageSeconds: age !== undefined && /^\d+$/.test(age) ? Number(age) : undefined,
    expiresAt: instant(headers["x-octopool-expires"]),
  };
}

function unwrap(answer: HttpAnswer, now: number): ReadOutcome {
  const envelope = parseJson(answer.body.toString("utf8"));
  const status = numberAt(envelope, "status");
  if (!isObject(envelope) || status === undefined) {
    throw new Failure("The server's answer is neither GitHub's nor an Octopool envelope.", {
      next: "check that OCTOPOOL_URL is the address of an Octopool server: octopool whoami",
      requestId: answer.headers["x-octopool-request-id"],
    });
  }
  const relay = objectAt(envelope, "relay");
  const created = instant(textAt(relay, "cache_created_at"));
  const age =
    numberAt(relay, "age_seconds") ??
    (created === undefined ? undefined : Math.max(0, Math.round((now - created) / 1000)));
  const headers = Object.entries(objectAt(envelope, "headers")).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    kind: "github",
    status,
    statusText: "",
    headers: Object.fromEntries(headers),
    body: envelopeBody(envelope),
    facts: {
      cache: textAt(relay, "cache"),
      routeKind: textAt(relay, "route_kind"),
      staleReason: textAt(relay, "stale_reason"),
      ageSeconds: age,
      expiresAt: instant(textAt(relay, "cache_expires_at")),
    },
  };
}

function envelopeBody(envelope: JsonObject): Buffer {
  const body = envelope["body"];
  switch (envelope["body_encoding"]) {
    case "json":
      return Buffer.from(JSON.stringify(body) ?? "");
    case "base64":
      return Buffer.from(typeof body === "string" ? body : "", "base64");
    default:
      return Buffer.from(typeof body === "string" ? body : ""); // text; an empty body is null
  }
}

function instant(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
