/** Octopool and the floor as two Workers of one workerd, behind Miniflare's entry Worker, with storage that ends with it. */
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig as readConfig } from "wrangler";
import { guardChildren } from "../scripts/guardian.ts";
import { applyMigrations } from "../scripts/local-migrations.ts";
import { LOOPBACK } from "../scripts/ports.ts";
import { bundleWorker } from "./bundle.ts";

/** Miniflare's header that names the Worker to answer: the same small cost for both. */
export const ROUTE_HEADER = "mf-route-override";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Among the arguments of every workerd that Miniflare starts. */
const WORKERD_ARGUMENT = "--control-fd=3";

export interface Workers {
  /** Of the entry Worker, without a slash at its end. */
  readonly url: string;
  /** workerd's inspector, where it was asked for. */
  readonly inspector: URL | undefined;
  stop(): Promise<void>;
}

/** `entry`: the instrumented Worker; `vars` are put over those of wrangler.jsonc. */
export async function startWorkers(
  entry: string,
  vars: Readonly<Record<string, string>>,
  isInspected = false,
): Promise<Workers> {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf
  const guardian = guardChildren(WORKERD_ARGUMENT);
  const miniflare = new Miniflare(convertV4MiniflareOptions(await optionsOf(entry, vars, isInspected)));
  const stop = async () => {
    await miniflare.dispose();
    await guardian.dismiss();
  };
  try {
    const url = (await miniflare.ready).origin;
    await applyMigrations(await miniflare.getD1Database("DB", "octopool"), at("../migrations"));
    return { url, inspector: isInspected ? await miniflare.getInspectorURL() : undefined, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function optionsOf(entry: string, vars: Readonly<Record<string, string>>, isInspected: boolean) {
  const config = readConfig({ config: at("../wrangler.jsonc") });
  const [octopool, floor] = await Promise.all([bundleWorker(entry), bundleWorker(at("worker/floor.ts"))]);
  const runtime = {
    ...(config.compatibility_date === undefined ? {} : { compatibilityDate: config.compatibility_date }),
    compatibilityFlags: config.compatibility_flags,
  };
  const module = (path: string, contents: string) => [{ type: "ESModule" as const, path, contents }];
  return {
    host: LOOPBACK,
    port: 0,
    cf: false,
    ...(isInspected ? { inspectorPort: 0 } : {}),
    log: new Log(LogLevel.WARN),
    telemetry: { enabled: false },
    workers: [
      {
        name: "octopool",
        modules: module("octopool.mjs", octopool),
        ...runtime,
        bindings: { ...config.vars, ...vars } as Record<string, string>,
        d1Databases: { DB: "octopool" },
        r2Buckets: { ACTIONS_LOGS: "octopool-actions-logs" },
        durableObjects: { POOL_COORDINATOR: { className: "PoolCoordinator", useSQLite: true } },
      },
      { name: "floor", modules: module("floor.mjs", floor), ...runtime },
    ],
  };
}
