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
  /** Told once when workerd ends though nobody stopped it; nothing answers from then on. */
  readonly onCrash?: () => void;
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

export const DIST: string = fileURLToPath(new URL("../dist", import.meta.url));
/** Among the arguments of every workerd that Miniflare starts, and of nothing else. */
const WORKERD_ARGUMENT = "--control-fd=3";

/**
 * Resolves when the Worker answers and its database is migrated. The caller decides what signals do; workerd ends with
 * this process whatever happens to it.
 * @throws Problem where nothing is built; else Miniflare's or D1's message, with all that was logged as its cause.
 */
export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"; // no request for Request.cf
  const built = readBuiltWorker(options.dist ?? DIST, { ...options.vars, ...options.secrets });
  let isStopping = false;
  const guardian = guardChildren(WORKERD_ARGUMENT, () => {
    if (!isStopping) options.onCrash?.();
  });
  const log = new HeldLog(options.log ?? toOwnStreams);
  const miniflare = withoutItsSignals(() => new Miniflare(miniflareOptions(options, built, log)));
  const stop = async () => {
    isStopping = true;
    await miniflare.dispose();
    await guardian.dismiss();
  };
  try {
    const url = (await miniflare.ready).origin;
    const { binding, migrationsDir } = built.database;
    const d1 = () => miniflare.getD1Database(binding);
    const migrated = await applyMigrations(await d1(), migrationsDir);
    const sweep = async () => {
      await (await miniflare.getWorker()).scheduled({ cron: "17 * * * *" });
    };
    log.release();
    return { url, migrated, d1, sweep, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    // D1 says no more than "internal error" of a damaged file; why, the runtime has logged.
    throw new Error(error instanceof Error ? error.message : String(error), { cause: log.text() });
  }
}

function miniflareOptions({ port, stateDir, instrument }: LocalWorkerOptions, built: BuiltWorker, log: HeldLog) {
  return convertV4MiniflareOptions({
    ...(instrument ?? ((worker) => worker))(built.options),
    host: LOOPBACK,
    port,
    cf: { colo: "local" }, // instead of a made-up data centre of Cloudflare's
    log: new Log(LogLevel.WARN),
    telemetry: { enabled: false },
    resourcePersistencePath: join(resolve(stateDir), "v3"),
    handleStructuredLogs: (entry) => log.add(entry),
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

/** Keeps what is logged until the Worker is known to run: a start that fails tells it in one piece, or not at all. */
class HeldLog {
  readonly #held: WorkerLog[] = [];
  readonly #pass: (entry: WorkerLog) => void;
  #isReleased = false;

  constructor(pass: (entry: WorkerLog) => void) {
    this.#pass = pass;
  }

  add(entry: WorkerLog): void {
    if (this.#isReleased) this.#pass(entry);
    else this.#held.push(entry);
  }

  release(): void {
    this.#isReleased = true;
    for (const entry of this.#held.splice(0)) this.#pass(entry);
  }

  text(): string {
    return this.#held.map(({ message }) => message).join("\n");
  }
}

function toOwnStreams({ level, message }: WorkerLog): void {
  const stream = level === "error" || level === "warn" ? process.stderr : process.stdout;
  stream.write(`${message}\n`);
}
