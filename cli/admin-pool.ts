/** Which pool an admin command means. */
import type { Relay } from "./client.ts";
import { setting } from "./config.ts";
import type { Environment } from "./machine.ts";

/** The flag, else OCTOPOOL_POOL, else the pool of the login, else the default pool. */
export async function adminPool(relay: Relay, env: Environment, flag: string | undefined): Promise<string> {
  return flag ?? setting(env, "OCTOPOOL_POOL") ?? (await relay.target()).pool;
}

/** The pool's admin door. */
export function adminPath(pool: string): string {
  return `/v1/admin/pools/${encodeURIComponent(pool)}`;
}
