/** From the saved login to a cached read: each link needs the one before. */
import { statSync } from "node:fs";
import { exchange } from "../client.ts";
import type { Surroundings } from "../command.ts";
import type { CallerTarget } from "../config.ts";
import { discover } from "../discovery.ts";
import { Problem } from "../exit.ts";
import { numberAt, textAt } from "../json.ts";
import { readThroughRelay } from "../relayed-read.ts";
import { ownVersion } from "../release.ts";
import { broken, ok, poor, unseen, type Finding } from "./finding.ts";

/** On GitHub since long, and no repository's: every relay may serve it. */
const SAMPLE = "/licenses/mit";
const MAX_SKEW_MS = 60_000;

const LINKS = ["login", "server", "clock", "token", "relay", "cache"] as const;

/** The findings in order; after a broken link the rest is unseen. */
export async function lookAtServer(around: Surroundings): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    const caller = await around.relay.caller();
    findings.push(login(caller, around));
    findings.push(await server(caller, around));
    findings.push(await clock(caller, around));
    findings.push(await token(around));
    findings.push(...(await reads(around)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const link = LINKS[findings.length] ?? "cache";
    findings.push(broken(link, error.message, error.next));
  }
  return [...findings, ...LINKS.slice(findings.length).map(unseen)];
}

function login({ url, tokenFrom, pool, saved }: CallerTarget, { logins }: Surroundings): Finding {
  if (tokenFrom !== "saved") return ok("login", `${url}, pool ${pool}, token from OCTOPOOL_TOKEN`);
  const mode = (statSync(logins.path, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o077;
  if (mode !== 0 && process.platform !== "win32") {
    return poor("login", `${logins.path} can be read by others`, `chmod 600 ${logins.path}`);
  }
  return ok("login", `${url}, pool ${pool}, as ${saved?.githubLogin ?? "?"}`);
}

async function server({ url, saved }: CallerTarget, { env, transport }: Surroundings): Promise<Finding> {
  const asked = saved?.askedUrl ?? url;
  const trustRedirect = asked !== url; // decided at login
  const found = await discover({ server: asked, trustRedirect, version: await ownVersion(), env, transport });
  if (found.apiOrigin === url) return ok("server", `${asked} is an Octopool of version 1`);
  return poor("server", `${asked} says its API is at ${found.apiOrigin} now`, `octopool login ${asked}`);
}

async function clock({ url }: CallerTarget, { transport, machine, relay }: Surroundings): Promise<Finding> {
  const answer = await exchange(transport, {
    method: "GET",
    url: new URL("/", url),
    headers: { accept: "application/json" },
  });
  const dated = Date.parse(answer.headers["date"] ?? "");
  const theirs = Number.isNaN(dated) ? Date.parse((await writtenTime(relay)) ?? "") : dated;
  if (Number.isNaN(theirs)) return poor("clock", "the server does not say what time it is");
  const seconds = Math.round((machine.now() - theirs) / 1000);
  if (Math.abs(seconds) * 1000 <= MAX_SKEW_MS) return ok("clock", "this machine's and the server's agree");
  return poor(
    "clock",
    `this machine is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the server`,
    "set the clock, or let NTP do it",
  );
}

/** On one machine nobody puts a Date on what the Worker answers; its statistics say when they were made. */
async function writtenTime(relay: Surroundings["relay"]): Promise<string | undefined> {
  try {
    return textAt(await relay.poolReport("stats", { query: { since: "1m" } }), "generated_at");
  } catch (error) {
    if (error instanceof Problem) return undefined; // the next link says what is wrong with the token
    throw error;
  }
}

async function token({ relay }: Surroundings): Promise<Finding> {
  const health = await relay.poolReport("health", {});
  const healthy = numberAt(health, "identities_healthy") ?? 0;
  const total = numberAt(health, "identities_total") ?? 0;
  if (healthy > 0) return ok("token", `accepted; ${healthy} of ${total} identities can serve`);
  return poor("token", `accepted, but none of ${total} identities can serve`, "tell your operator");
}

/** The same read twice: the second should come from the cache. */
async function reads({ relay, env, io, machine }: Surroundings): Promise<readonly Finding[]> {
  const ask = { path: SAMPLE, query: {}, headers: {} };
  const started = machine.now();
  const first = await readThroughRelay(ask, { relay, env, io, machine });
  const took = machine.now() - started;
  if (first.kind === "refused") {
    const { message, details } = first.refusal;
    const why = `${message} (${details["reason"] ?? first.refusal.code ?? first.refusal.status})`;
    return [broken("relay", why, "octopool request --path /licenses/mit, and show your operator what it says")];
  }
  const relayed = ok("relay", `GET ${SAMPLE} answered ${first.status} in ${took} ms`);
  const second = await readThroughRelay(ask, { relay, env, io, machine });
  const cache = second.kind === "github" ? second.facts.cache : undefined;
  if (cache === "hit") return [relayed, ok("cache", "the same read again came from the cache")];
  return [relayed, poor("cache", `the same read again was no hit (${cache ?? "refused"})`, "tell your operator")];
}
