/** Runs the built Worker on this machine: real workerd through Miniflare, with its state in a folder. */
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { readBuiltWorker, type BuiltWorker } from "./built-worker.ts";
import { guardChildren } from "./guardian.ts";
import { applyMigrations } from "./local-migrations.ts";
import { LOOPBACK } from "./ports.ts";

export interface LocalWorkerOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Holds D1, Durable Objects, R2 and the cache. The layout is wrangler's: `--persist-to <stateDir>` finds the same. */
  readonly stateDir: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Where `vite build` wrote; the project's own dist/ by default. */
  readonly dist?: string;
  /** Sees and may change what Miniflare is told, so that the bench can count calls or replace a service. */
  readonly instrument?: (worker: V4WorkerOptions) => V4WorkerOptions;
  /** What the Worker and the runtime log. By default the process's own streams. */
  readonly log?: (entry: WorkerLog) => void;
}

export interface WorkerLog {
  /** `error`, `warn`, `info`, `log` or `debug`, as the Worker called `console`. */
  readonly level: string;
  readonly message: string;
}

export interface LocalWorker {
  /** Its origin, without a slash at its end. */
  readonly url: string;
  /** The migrations this start applied, by file name. */
  readonly migrated: readonly string[];
  d1(): ReturnType<Miniflare["getD1Database"]>;
  /** Does what Cloudflare's cron does hourly; nothing calls it here on its own. */
  sweep(): Promise<void>;
  /** Ends workerd. The state stays. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
/** Among the arguments of every workerd that Miniflare starts, and of nothing else. */
const WORKERD_ARGUMENT = "--control-fd=3";

/**
 * Resolves when the Worker answers and its database is migrated. The caller decides what signals do; workerd ends with
 * this process whatever happens to it.
 * @throws Problem where nothing is built; Miniflare's or D1's own error where the state cannot be used.
 */
export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf
  const built = readBuiltWorker(options.dist ?? DIST, { ...options.vars, ...options.secrets });
  const guardian = guardChildren(WORKERD_ARGUMENT);
  const miniflare = withoutItsSignals(() => new Miniflare(miniflareOptions(options, built)));
  const stop = async () => {
    await miniflare.dispose();
    guardian.dismiss();
  };
  try {
    const url = (await miniflare.ready).origin;
    const { binding, migrationsDir } = built.database;
    const d1 = () => miniflare.getD1Database(binding);
    const migrated = await applyMigrations(await d1(), migrationsDir);
    const sweep = async () => {
      await (await miniflare.getWorker()).scheduled({ cron: "17 * * * *" });
    };
    return { url, migrated, d1, sweep, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function miniflareOptions({ port, stateDir, instrument, log }: LocalWorkerOptions, built: BuiltWorker) {
  return convertV4MiniflareOptions({
    ...(instrument ?? ((worker) => worker))(built.options),
    host: LOOPBACK,
    port,
    cf: false,
    log: new Log(LogLevel.WARN),
    telemetry: { enabled: false },
    resourcePersistencePath: join(resolve(stateDir), "v3"),
    ...(log === undefined ? {} : { handleStructuredLogs: log }),
  });
}

/**
 * Miniflare answers SIGINT, SIGTERM and SIGHUP with `process.exit`, before anybody else can end in order. Its handler
 * for the exit itself stays.
 */
function withoutItsSignals<T>(create: () => T): T {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = new Map(signals.map((signal) => [signal, new Set(process.listeners(signal))]));
  const created = create();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (before.get(signal)?.has(listener) !== true) process.removeListener(signal, listener);
    }
  }
  return created;
}
