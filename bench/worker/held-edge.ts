/** The Cache API with the bench's clock: what a data centre holds lasts in the day that is played, not in ours. */
import type { Platform } from "../../server/deps.ts";
import { benchClock } from "./clock.ts";

interface Held {
  readonly body: ArrayBuffer;
  readonly headers: Headers;
  readonly until: number;
}

export function heldEdge(): Platform["edge"] {
  const all = new Map<string, Held>();
  return {
    match: async (key) => {
      const held = all.get(key);
      return held === undefined || held.until <= benchClock.now() ? undefined : new Response(held.body, held);
    },
    put: async (key, response) => {
      const { headers } = response;
      const seconds = Number(/max-age=(\d+)/.exec(headers.get("cache-control") ?? "")?.[1] ?? "0");
      all.set(key, { body: await response.arrayBuffer(), headers, until: benchClock.now() + seconds * 1000 });
    },
    delete: async (key) => all.delete(key),
  };
}
