import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { coordinatorFor } from "../../../server/coordinator/client.ts";
import { POOL } from "./relay.ts";

/** Resolves once so many wait at the pool's coordinator for somebody else's fill. */
export async function untilFollowing(followers: number): Promise<void> {
  await vi.waitFor(async () => {
    const { fills } = await coordinatorFor(env.POOL_COORDINATOR, POOL).snapshot([]);
    expect(fills.waiting).toBe(followers);
  }, 5_000);
}
