/** Typed calls to one server. Each call decides at once which token it needs, so that no command can send another. */
import { chooseCaller, chooseTarget, setting, type CallerTarget, type Target } from "./config.ts";
import { Failure } from "./exit.ts";
import { Unreachable, type HttpAnswer, type HttpAsk, type Transport } from "./http.ts";
import { isObject, parseJson, type JsonObject } from "./json.ts";
import type { LoginStore } from "./logins.ts";
import type { Environment } from "./machine.ts";
import { readRefusal, toProblem } from "./refusal.ts";

/** Envelopes end at 7 MiB and raw answers at the server's limit (logs: 64 MiB); past this something is wrong. */
const MAX_ANSWER_BYTES = 80 * 1024 * 1024;

export interface RelayAsk {
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly routeHint?: Readonly<Record<string, string>>;
}

export interface Relay {
  /** Where caller calls go, with which token and pool. Refuses with `NotLoggedIn` where there is none. */
  caller(): Promise<CallerTarget>;
  /** Where admin calls go. Needs no login. */
  target(): Promise<Target>;
  /** One relayed read, refusals included: the caller decides about repeats. Raw mode asks for GitHub's own bytes. */
  relayed(ask: RelayAsk, options: { readonly raw: boolean; readonly pool?: string | undefined }): Promise<HttpAnswer>;
  /** A caller's GET below `/v1/pools/<pool>/`. */
  poolReport(report: "health" | "stats" | "standing", options: PoolReportOptions): Promise<JsonObject>;
  /** An admin call, with OCTOPOOL_ADMIN_TOKEN. */
  admin(method: "GET" | "POST" | "PUT", path: string, body?: JsonObject): Promise<JsonObject>;
}

export interface PoolReportOptions {
  readonly pool?: string | undefined;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

interface RelayNeeds {
  readonly env: Environment;
  readonly logins: LoginStore;
  readonly transport: Transport;
}

/** Nothing is read or sent before the first call. */
export function createRelay({ env, logins, transport }: RelayNeeds): Relay {
  const caller = () => chooseCaller(env, logins);
  const target = () => chooseTarget(env, logins);
  return {
    caller,
    target,
    async relayed(ask, { raw, pool }) {
      const to = await caller();
      const accept: Record<string, string> = raw ? { accept: "application/vnd.octopool.raw" } : {};
      return exchange(transport, {
        ...jsonBody(wireAsk(ask, pool ?? to.pool)),
        method: "POST",
        url: new URL("/v1/github/request", to.url),
        headers: { ...accept, authorization: `Bearer ${to.token}`, "content-type": "application/json" },
      });
    },
    async poolReport(report, { pool, query = {} }) {
      const to = await caller();
      const url = new URL(`/v1/pools/${encodeURIComponent(pool ?? to.pool)}/${report}`, to.url);
      for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
      return objectAnswer(transport, { method: "GET", url, headers: { authorization: `Bearer ${to.token}` } });
    },
    async admin(method, path, body) {
      const token = adminToken(env);
      const { url } = await target();
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      return objectAnswer(transport, { method, url: new URL(path, url), headers, ...jsonBody(body) });
    },
  };
}

function adminToken(env: Environment): string {
  const token = setting(env, "OCTOPOOL_ADMIN_TOKEN");
  if (token !== undefined) return token;
  throw new Failure("OCTOPOOL_ADMIN_TOKEN is not set; admin commands need the server's admin token.", {
    next: "OCTOPOOL_ADMIN_TOKEN=… octopool admin …",
  });
}

/** Empty members are left out, as published clients do. */
function wireAsk({ path, query, headers, routeHint = {} }: RelayAsk, pool: string): JsonObject {
  const optional = { query, headers, route_hint: routeHint };
  const present = Object.entries(optional).filter(([, value]) => Object.keys(value).length > 0);
  return { pool, method: "GET", path, ...Object.fromEntries(present) };
}

function jsonBody(body: JsonObject | undefined): { readonly body?: string } {
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

/** A JSON object with a 2xx status; everything else ends the command. */
export async function objectAnswer(transport: Transport, ask: Omit<HttpAsk, "maxBytes">): Promise<JsonObject> {
  const answer = await exchange(transport, ask);
  if (answer.status < 200 || answer.status > 299) throw toProblem(readRefusal(answer), ask.url.origin);
  const value = parseJson(answer.body.toString("utf8"));
  if (isObject(value)) return value;
  throw new Failure(`${ask.url.origin} answered ${answer.status} with something that is not a JSON object.`, {
    next: "check that this is the address of an Octopool server: octopool whoami",
    requestId: answer.headers["x-octopool-request-id"],
  });
}

/** One exchange; no complete answer ends the command with the server's address and what to try. */
export async function exchange(
  transport: Transport,
  ask: Omit<HttpAsk, "maxBytes"> & { readonly maxBytes?: number },
): Promise<HttpAnswer> {
  try {
    return await transport({ maxBytes: MAX_ANSWER_BYTES, ...ask });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    throw new Failure(`The server at ${ask.url.origin} ${error.message}.`, {
      next: `check the address and the network: curl ${ask.url.origin}/.well-known/octopool`,
    });
  }
}
