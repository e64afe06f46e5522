/**
 * The Worker with every round trip traced on request; other requests get the very bindings, so that throughput is theirs.
 * `x-bench-trace: <id>` traces a request, `x-bench-memory: off` serves it from an isolate whose memory never holds an
 * entry; the doors under /__bench/ are for the bench alone.
 */
import { coordinatorFor } from "../../server/coordinator/client.ts";
import { createWorker, realPlatform } from "../../server/create-worker.ts";
import type { Bindings } from "../../server/env.ts";
import { runTraced, type Trace } from "./trace.ts";
import { traceBindings, tracePlatform } from "./traced-bindings.ts";

export { PoolCoordinator } from "../../server/coordinator/pool-coordinator.ts";

const DOOR = "/__bench/";

const usual = createWorker(tracePlatform(realPlatform()));
const withoutMemory = createWorker(tracePlatform(realPlatform()));
/** Not before the first request: an isolate draws its id, and the runtime forbids that at start. */
function forgetEntries(): typeof withoutMemory {
  withoutMemory.isolate.entries.get = () => undefined;
  return withoutMemory;
}

const traces = new Map<string, Trace>();
const covered = new WeakMap<object, Bindings>();

function cover(env: Bindings): Bindings {
  const known = covered.get(env);
  if (known !== undefined) return known;
  const fresh = traceBindings(env);
  covered.set(env, fresh);
  return fresh;
}

async function answer(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
  const { fetch } = request.headers.get("x-bench-memory") === "off" ? forgetEntries() : usual;
  if (fetch === undefined) throw new Error("the Worker answers no requests");
  return fetch(request as Parameters<typeof fetch>[0], env, context);
}

async function answerTraced(id: string, request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
  const [ms, ...only] = request.headers.get("x-bench-delay")?.split(" ") ?? [];
  const delay = ms === undefined ? undefined : { ms: Number(ms), only: only.length === 0 ? undefined : only.join(" ") };
  const trace: Trace = { calls: [], delay, answered: false };
  traces.set(id, trace);
  const response = await runTraced(trace, () => answer(request, cover(env), context));
  trace.answered = true;
  return response;
}

/** `{pool, identities}`: what is known of the anonymous quota, and whatever the identities rest for, as if new. */
async function forget(request: Request, env: Bindings): Promise<Response> {
  const { pool, identities } = await request.json<{ readonly pool: string; readonly identities: readonly string[] }>();
  for (const { isolate } of [usual, withoutMemory]) isolate.rates.clear();
  await env.DB.prepare("DELETE FROM github_public_api_rates").run();
  const coordinator = coordinatorFor(env.POOL_COORDINATOR, pool);
  for (const identity of identities) await coordinator.clearCooldowns(identity);
  return new Response(null, { status: 204 });
}

async function answerDoor(request: Request, env: Bindings): Promise<Response> {
  const [door, id = ""] = new URL(request.url).pathname.slice(DOOR.length).split("/");
  return door === "forget" ? forget(request, env) : Response.json(traces.get(id) ?? null);
}

export default {
  async fetch(request, env, context) {
    if (request.url.includes(DOOR)) return answerDoor(request, env);
    const id = request.headers.get("x-bench-trace");
    return id === null ? answer(request, env, context) : answerTraced(id, request, env, context);
  },
} satisfies ExportedHandler<Bindings>;
