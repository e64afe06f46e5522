/** The Worker in a day that is played: its clock is held at each step, and GitHub is the model. */
import { createHmac } from "node:crypto";
import { createWorker, realPlatform } from "../../server/create-worker.ts";
import type { Platform } from "../../server/deps.ts";
import type { Bindings } from "../../server/env.ts";
import type { AuditRow } from "../../server/store/audit.ts";
import { PLAYED_FROM } from "../replay/day.ts";
import { ReplayedGitHub } from "../replay/github.ts";
import { SEED, TOKENS, WEBHOOK_SECRET, type Played, type Step } from "../replay/step.ts";
import { buildWorld } from "../replay/world.ts";
import { benchClock, holdClock } from "./clock.ts";
import { heldEdge } from "./held-edge.ts";

export { PoolCoordinator } from "./simulated-coordinator.ts";

const DOOR = "/__bench/";
const ORIGIN = "http://127.0.0.1";
const WEBHOOK = "/v1/github/webhook";
const logins = new Map(Object.entries(TOKENS).map(([login, token]) => [token, login]));
const github = new ReplayedGitHub(buildWorld(SEED), logins, () => benchClock.now());
const platform: Platform = {
  ...realPlatform(),
  now: () => benchClock.now(),
  fetch: async (request) => github.answer(request),
  edge: heldEdge(),
};
/** An isolate forgets at once what it hears of; others are told by D1. So events are taken by another than the reads. */
const reader = createWorker(platform);
const receiver = createWorker(platform);
holdClock(PLAYED_FROM);
// A line for each of thousands of deliveries would drown the table; errors are still told.
console.log = () => undefined;

/** Rows are taken in place of the log, which would wait in real time. */
let row: AuditRow | undefined;
let takesRows = false;
function takeRows(): void {
  if (takesRows) return;
  takesRows = true;
  reader.isolate.audit.record = (each) => {
    row = each;
  };
}

/** One request, with all that it does after its answer. */
async function ask(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
  const after: Promise<unknown>[] = [];
  const own = { waitUntil: (work: Promise<unknown>) => void after.push(work) };
  const covered = new Proxy(context, { get: (from, name) => Reflect.get(name in own ? own : from, name) as unknown });
  const { fetch } = new URL(request.url).pathname === WEBHOOK ? receiver : reader;
  if (fetch === undefined) throw new Error("the Worker answers no requests");
  takeRows();
  const response = await fetch(request as Parameters<typeof fetch>[0], env, covered);
  const whole = new Response(await response.arrayBuffer(), response);
  for (const work of after) await work;
  return whole;
}

async function play(step: Step, token: string, env: Bindings, context: ExecutionContext): Promise<Played | null> {
  holdClock(step.at);
  if (step.kind === "event") {
    const body = JSON.stringify(step.payload);
    const signature = `sha256=${createHmac("sha256", WEBHOOK_SECRET).update(body).digest("hex")}`;
    const headers = {
      "content-type": "application/json",
      "x-github-event": step.event,
      "x-github-delivery": step.id,
      "x-hub-signature-256": signature,
    };
    const response = await ask(new Request(ORIGIN + WEBHOOK, { method: "POST", headers, body }), env, context);
    if (response.status !== 202) throw new Error(`an event was answered ${response.status}: ${await response.text()}`);
    return null;
  }
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const bound = step.isGate ? { headers: { "cache-control": "max-age=0" } } : {};
  const body = JSON.stringify({ pool: "maintainers", method: "GET", path: step.path, ...bound });
  row = undefined;
  const response = await ask(
    new Request(`${ORIGIN}/v1/github/request`, { method: "POST", headers, body }),
    env,
    context,
  );
  return toPlayed(response.status, await response.json());
}

interface Envelope {
  readonly headers?: { readonly etag?: string };
  readonly relay?: Readonly<Record<string, string | boolean | undefined>>;
  readonly error?: { readonly details?: { readonly reason?: string } };
}

function toPlayed(status: number, { headers, relay, error }: Envelope): Played {
  const time = (name: string) => Date.parse(String(relay?.[name] ?? ""));
  return {
    status,
    version: Number(headers?.etag?.replaceAll('"', "") ?? 0),
    cache: String(relay?.["cache"] ?? error?.details?.reason ?? "refused"),
    staleReason: String(relay?.["stale_reason"] ?? ""),
    routeKind: row?.routeKind ?? "",
    missReason: row?.missReason ?? "",
    revalidated: relay?.["revalidated"] === true,
    createdAt: time("cache_created_at"),
    expiresAt: time("cache_expires_at"),
  };
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === `${DOOR}play`) {
      const { steps, token } = await request.json<{ readonly steps: readonly Step[]; readonly token: string }>();
      const played: (Played | null)[] = [];
      for (const step of steps) played.push(await play(step, token, env, context));
      return Response.json(played);
    }
    if (pathname === `${DOOR}calls`) return Response.json(github.calls);
    return ask(request as unknown as Request, env, context);
  },
} satisfies ExportedHandler<Bindings>;
