/** The environment of a pool's coordinator, which a TestRelay's own vars do not reach. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Until the object restarts. */
export async function setCoordinatorEnv(poolId: string, vars: Readonly<Record<string, unknown>>): Promise<void> {
  const stub = env.POOL_COORDINATOR.get(env.POOL_COORDINATOR.idFromName(`pool:${poolId}`));
  await runInDurableObject(stub, (object) => {
    Object.defineProperty(object, "env", { value: { ...env, ...vars }, configurable: true });
  });
}

/** Everything that stands in the object's tables, as text. */
export async function storedBy(poolId: string): Promise<string> {
  const stub = env.POOL_COORDINATOR.get(env.POOL_COORDINATOR.idFromName(`pool:${poolId}`));
  return runInDurableObject(stub, (_object, state) => {
    const { sql } = state.storage;
    const tables = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const own = tables.filter(({ name }) => !name.startsWith("_cf_"));
    return JSON.stringify(own.map(({ name }) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()]));
  });
}
