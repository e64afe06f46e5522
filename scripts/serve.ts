/** `npm run serve`: Octopool on one machine without a Cloudflare account, for as long as it is left running. */
import { resolve } from "node:path";
import { ensureBuilt } from "./build-worker.ts";
import { readBuiltWorker } from "./built-worker.ts";
import { everyHour } from "./hourly.ts";
import { DIST, startLocalWorker, type LocalWorker } from "./local-worker.ts";
import { tryLock } from "./lock.ts";
import { freePort, LOOPBACK } from "./ports.ts";
import { failureText, Problem } from "./problem.ts";
import { HELP, readServeOptions, type ServeOptions } from "./serve-options.ts";
import { Shutdown } from "./shutdown.ts";
import { isStorageDamage, openStateFolder } from "./state-folder.ts";

const HOUR_MS = 3_600_000;
/** The database's name on this machine, whatever id wrangler.jsonc may get: the state must be found again. */
const DATABASE = "octopool";
const say = (text: string) => process.stdout.write(`${text}\n`);

async function serve(shutdown: Shutdown): Promise<void> {
  await ensureBuilt(undefined, shutdown.signal);
  const defaults = readBuiltWorker(DIST, {}).options.bindings as Record<string, string>;
  const options = await readServeOptions(process.argv.slice(2), process.env, defaults);
  if (options.help) return void say(HELP.trimEnd());
  const folder = resolve(options.stateDir);
  await claim(options, folder, shutdown);
  const worker = await workerOf(options, folder, shutdown);
  await shutdown.add(() => worker.stop());
  const failed = (error: unknown) => process.stderr.write(`octopool: the hourly sweep failed: ${failureText(error)}\n`);
  await shutdown.add(everyHour({ run: () => worker.sweep(), failed }));
  if (await isSweepDue(worker)) void worker.sweep().catch(failed);
  say(`serving ${worker.url} for ${options.vars["APP_ORIGIN"] ?? defaults["APP_ORIGIN"]}, state in ${folder}`);
}

async function claim({ port }: ServeOptions, folder: string, shutdown: Shutdown): Promise<void> {
  const held = await tryLock(folder);
  if (held === undefined) throw new Problem(`Another npm run serve uses ${folder}.`);
  await shutdown.add(() => held.release());
  if ((await freePort(port)) === undefined) {
    throw new Problem(`Port ${port} of ${LOOPBACK} is taken: end what listens there, or choose another with --port.`);
  }
  await openStateFolder(folder).catch((error: unknown) => {
    throw error instanceof Problem ? withoutFresh(error) : error;
  });
}

/** Nothing here begins anew by itself: what is kept may be worth mending. */
function withoutFresh(error: Problem): Problem {
  const message = error.message.replace(
    / npm start -- --fresh .+$/,
    " Restore it from a backup, or name another folder.",
  );
  return new Problem(message, { cause: error });
}

async function workerOf(
  { port, vars, secrets }: ServeOptions,
  folder: string,
  shutdown: Shutdown,
): Promise<LocalWorker> {
  try {
    return await startLocalWorker({
      port,
      stateDir: folder,
      vars,
      secrets,
      instrument: (worker) => ({ ...worker, d1Databases: { DB: DATABASE } }),
      onCrash: () => {
        process.stderr.write("octopool: workerd ended by itself.\n");
        void shutdown.end().finally(() => process.exit(1));
      },
    });
  } catch (error) {
    if (!isStorageDamage(error)) throw error;
    throw new Problem(`The database in ${folder} is damaged: restore it from a backup, or name another folder.`, {
      cause: error,
    });
  }
}

/** A machine that was off at minute 17 makes up for it. */
async function isSweepDue(worker: LocalWorker): Promise<boolean> {
  const last = await (
    await worker.d1()
  )
    .prepare("SELECT started_at AS at FROM housekeeping_runs ORDER BY id DESC LIMIT 1")
    .first<{ readonly at: number }>();
  return last === null || Date.now() - last.at > HOUR_MS;
}

const shutdown = new Shutdown();
try {
  shutdown.listen();
  await serve(shutdown);
} catch (error) {
  const isOver = shutdown.signal.aborted;
  if (!isOver) process.stderr.write(`octopool: ${failureText(error)}\n`);
  await shutdown.end();
  process.exit(isOver ? 0 : 1);
}
