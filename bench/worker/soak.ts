/** The Worker as it is, over stores that fail on demand and a coordinator that can be ended. Doors under /__soak/. */
import { PoolCoordinator as Coordinator } from "../../server/coordinator/pool-coordinator.ts";
import { createWorker } from "../../server/create-worker.ts";
import type { Bindings } from "../../server/env.ts";
import { FaultyBindings, type Health } from "./faulty-bindings.ts";

export class PoolCoordinator extends Coordinator {
  /** As a deployment or a moved machine ends it: what it held in memory is gone, and calls in flight break. */
  endNow(): void {
    this.ctx.abort("ended by the soak");
  }
}

const DOOR = "/__soak/";
const worker = createWorker();
const faults = new FaultyBindings();

async function answerDoor(request: Request, env: Bindings): Promise<Response> {
  if (request.url.includes(`${DOOR}stores`)) {
    const { d1, r2 } = await request.json<{ readonly d1?: Health; readonly r2?: Health }>();
    faults.d1 = d1 ?? "well";
    faults.r2 = r2 ?? "well";
    return new Response(null, { status: 204 });
  }
  const namespace = env.POOL_COORDINATOR as unknown as DurableObjectNamespace<PoolCoordinator>;
  const stub = namespace.get(namespace.idFromName("pool:maintainers"));
  // The call that ends the object is broken by its end.
  await stub.endNow().catch(() => undefined);
  return new Response(null, { status: 204 });
}

export default {
  async fetch(request, env, context) {
    if (request.url.includes(DOOR)) return answerDoor(request, env);
    if (worker.fetch === undefined) throw new Error("the Worker answers no requests");
    return worker.fetch(request as Parameters<typeof worker.fetch>[0], faults.cover(env), context);
  },
  async scheduled(controller, env, context) {
    await worker.scheduled?.(controller, env, context);
  },
} satisfies ExportedHandler<Bindings>;
