/** `npm start`: the whole of Octopool on this machine, seeded and ready to try. */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startStandIn } from "../test/github/server.ts";
import { ensureBuilt } from "./build-worker.ts";
import { demoSecrets } from "./demo/cast.ts";
import { startDemo } from "./demo/start-demo.ts";
import { seedLocal, type Seeded } from "./local-seed.ts";
import { startLocalWorker, type LocalWorker, type WorkerLog } from "./local-worker.ts";
import { githubWorld, standInWorld, type LocalWorld } from "./local-world.ts";
import { tryLock } from "./lock.ts";
import { freePort, freePortNear, LOOPBACK, readPort } from "./ports.ts";
import { failureText, Problem } from "./problem.ts";
import { createProgress, type Progress } from "./progress.ts";
import { Shutdown } from "./shutdown.ts";
import { HELP, readStartOptions, type StartOptions } from "./start-options.ts";
import {
  brokenState,
  isStorageDamage,
  openStateFolder,
  readLocalFacts,
  removeStateFolder,
  writeLocalFacts,
  type LocalFacts,
} from "./state-folder.ts";

const DEFAULT_STATE = fileURLToPath(new URL("../.octopool", import.meta.url));

interface Run {
  readonly options: StartOptions;
  readonly folder: string;
  readonly progress: Progress;
  readonly shutdown: Shutdown;
  /** GitHub's word for its webhooks is a new one each time: only the stand-in's world has to know it. */
  readonly webhookSecret: string;
}

async function start(run: Run): Promise<void> {
  const { options, folder, progress, shutdown } = run;
  const world = options.github ? githubWorld(process.env) : undefined;
  await claim(run);
  await progress.step(
    "build",
    () => ensureBuilt(undefined, shutdown.signal),
    (built) => (built ? "" : "unchanged"),
  );
  const earlier = await readLocalFacts(folder);
  const standIn = world === undefined ? await standInOf(run, earlier?.standin_url) : undefined;
  const here = world ?? standInWorld(standIn ?? "");
  const adminToken = earlier?.admin_token ?? randomBytes(32).toString("base64url");
  const worker = await workerOf(run, here, adminToken);
  const known = earlierCaller(earlier);
  const caller = await progress.step(
    "seed",
    () => seedLocal({ url: worker.url, adminToken, world: here, earlier: known }),
    ({ githubLogin, callerToken }) =>
      `${here.identities.length} identities, caller ${githubLogin}${callerToken === known?.callerToken ? " as before" : ""}`,
  );
  await writeLocalFacts(folder, {
    url: worker.url,
    caller_token: caller.callerToken,
    admin_token: adminToken,
    github_login: caller.githubLogin,
    ...(standIn === undefined ? {} : { github_token: here.githubToken, standin_url: standIn }),
  });
  if (standIn !== undefined && !options.quiet && !shutdown.signal.aborted) {
    const { signal } = shutdown;
    const stage = { url: worker.url, standInUrl: standIn, adminToken, operator: caller.githubLogin };
    const { over } = await startDemo({ ...stage, webhookSecret: run.webhookSecret, signal, progress });
    await shutdown.add(() => over);
  }
  if (!shutdown.signal.aborted) progress.line(whatToTry(worker.url, here, folder));
}

/** The folder for this run alone, and the port while it is free. */
async function claim({ options, folder, shutdown }: Run): Promise<void> {
  const held = await tryLock(folder);
  if (held === undefined) {
    throw new Problem(
      `Another npm start uses ${folder}: end it with Ctrl-C, or set OCTOPOOL_STATE_DIR to another folder.`,
    );
  }
  await shutdown.add(() => held.release());
  if ((await freePort(options.port)) === undefined) {
    throw new Problem(
      `Port ${options.port} of ${LOOPBACK} is taken: end what listens there, or choose another with npm start -- --port ${options.port + 1}.`,
    );
  }
  if (options.fresh) await removeStateFolder(folder, { isDefault: folder === DEFAULT_STATE });
  await openStateFolder(folder);
}

/** On the port of the last run where it is free, though nothing in the database depends on it. */
async function standInOf({ progress, shutdown }: Run, earlierUrl: string | undefined): Promise<string> {
  const standIn = await progress.step(
    "stand-in",
    async () => {
      const earlierPort = readPort(earlierUrl?.split(":").at(-1) ?? "");
      return startStandIn({ port: await freePortNear(earlierPort) });
    },
    ({ url }) => `GitHub's place is taken at ${url}`,
  );
  await shutdown.add(() => standIn.close());
  return standIn.url;
}

async function workerOf(run: Run, world: LocalWorld, adminToken: string): Promise<LocalWorker> {
  const { options, folder, progress, shutdown } = run;
  const identities = Object.fromEntries(world.identities.map(({ secretRef, token }) => [secretRef, token]));
  const ofStandIn = { GITHUB_WEBHOOK_SECRET: run.webhookSecret, ...(options.quiet ? {} : demoSecrets()) };
  const begin = () =>
    startLocalWorker({
      port: options.port,
      // Apart from each other: the stand-in's answers must never pass for GitHub's.
      stateDir: join(folder, world.kind),
      vars: world.vars,
      ...(options.quiet || options.github ? {} : { log: onlyTrouble }),
      secrets: {
        OCTOPOOL_ADMIN_TOKEN: adminToken,
        OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken,
        ...(world.oauthSecret === undefined ? {} : { GITHUB_OAUTH_CLIENT_SECRET: world.oauthSecret }),
        ...identities,
        ...(world.kind === "standin" ? ofStandIn : {}),
      },
    }).catch((error: unknown) => {
      throw isStorageDamage(error) ? brokenState(folder, "its database is damaged", error) : error;
    });
  const worker = await progress.step("worker", begin, ({ migrated }) =>
    migrated.length === 0 ? "database up to date" : `migrated ${migrated.join(", ")}`,
  );
  await shutdown.add(() => worker.stop());
  return worker;
}

/** The demo's webhooks would scroll away what to try. */
function onlyTrouble({ level, message }: WorkerLog): void {
  if (level === "error" || level === "warn") process.stderr.write(`${message}\n`);
}

function earlierCaller(earlier: Partial<LocalFacts> | undefined): Seeded | undefined {
  const { caller_token: callerToken, github_login: githubLogin } = earlier ?? {};
  return callerToken === undefined || githubLogin === undefined ? undefined : { callerToken, githubLogin };
}

function whatToTry(url: string, { kind, githubToken, oauthSecret, samplePath }: LocalWorld, folder: string): string {
  const token = kind === "standin" ? githubToken : '"$GITHUB_TOKEN"';
  return [
    `ready ${url}`,
    "",
    "Try, in another terminal:",
    `  GH_TOKEN=${token} npm run octopool -- login ${url}`,
    `  npm run octopool -- api ${samplePath}`,
    "  npm run octopool -- stats",
    ...(oauthSecret === undefined ? [] : [`The dashboard: ${url}/dashboard`]),
    `Tokens are in ${join(folder, "local.json")}. Ctrl-C ends everything; the state stays.`,
  ].join("\n");
}

const shutdown = new Shutdown();
try {
  const options = readStartOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(HELP);
  } else {
    shutdown.listen();
    const folder = options.stateDir === undefined ? DEFAULT_STATE : resolve(options.stateDir);
    const progress = createProgress({ write: (text) => process.stdout.write(text) });
    await start({ options, folder, progress, shutdown, webhookSecret: randomBytes(32).toString("base64url") });
  }
} catch (error) {
  const isOver = shutdown.signal.aborted;
  if (!isOver) process.stderr.write(`octopool: ${failureText(error)}\n`);
  await shutdown.end();
  process.exit(isOver ? 0 : 1);
}
