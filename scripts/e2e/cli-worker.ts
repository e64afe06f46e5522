/** The compiled command line against a real Worker: what a person types, what they see, what the server notes. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_POOL, seedLocal } from "../local-seed.ts";
import { startLocalWorker, type LocalWorker } from "../local-worker.ts";
import type { LocalWorld } from "../local-world.ts";
import { Mismatch } from "./checks.ts";

const ADMIN_TOKEN = "cli-worker-admin-token-0123456789";

/** Program and leading arguments: the executable, or Node and the bundle. */
export type Command = readonly [program: string, ...first: string[]];

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Step {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** One Worker with its migrated D1 and Durable Object, and one command line with settings of its own. */
export class Stage {
  readonly world: LocalWorld;
  readonly #command: Command;
  readonly #worker: LocalWorker;
  readonly #place: string;

  private constructor(world: LocalWorld, command: Command, worker: LocalWorker, place: string) {
    this.world = world;
    this.#command = command;
    this.#worker = worker;
    this.#place = place;
  }

  static async open(world: LocalWorld, command: Command): Promise<Stage> {
    const place = await mkdtemp(join(tmpdir(), "octopool-cli-worker-"));
    const identities = Object.fromEntries(world.identities.map(({ secretRef, token }) => [secretRef, token]));
    const worker = await startLocalWorker({
      port: 0,
      stateDir: join(place, "state"),
      vars: world.vars,
      secrets: { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken, ...identities },
      log: () => undefined, // what a refusal logs is not this test's matter
    });
    await seedLocal({ url: worker.url, adminToken: ADMIN_TOKEN, world, earlier: undefined });
    return new Stage(world, command, worker, place);
  }

  get url(): string {
    return this.#worker.url;
  }

  get samplePath(): string {
    return this.world.samplePath;
  }

  /** Never rejects for what the command says; stdin is closed. */
  octopool(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    const [program, ...first] = this.#command;
    const child = spawn(program, [...first, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      // Of this process's own environment only what a program needs to start: no login, no token of whoever runs it.
      env: {
        PATH: process.env.PATH ?? "",
        HOME: this.#place,
        OCTOPOOL_CONFIG_DIR: join(this.#place, "config"),
        ...env,
      },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }

  admin(args: readonly string[]): Promise<Run> {
    return this.octopool(["admin", ...args], { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN });
  }

  async count(sql: string): Promise<number> {
    const row = await (await this.#worker.d1()).prepare(sql).first<{ readonly n: number }>();
    return row?.n ?? 0;
  }

  async close(): Promise<void> {
    await this.#worker.stop();
    await rm(this.#place, { recursive: true, force: true });
  }
}

export const STEPS: readonly Step[] = [
  { name: "login exchanges a GitHub token and forgets it", run: login },
  { name: "whoami and health know the caller and the pool", run: standing },
  { name: "api reads through the relay, the second time from the cache", run: readTwice },
  { name: "request shows the whole envelope, raw text and all", run: envelope },
  { name: "what is not public is refused, with a reason", run: refused },
  { name: "admin adds an identity, and purges what is stored", run: administer },
  { name: "stats count what was asked, and the database has a row for each", run: stats },
  { name: "logout ends it: the next read is refused", run: logout },
];

async function login(stage: Stage): Promise<void> {
  const wrong = await stage.octopool(["login", stage.url], { GH_TOKEN: "ghp_000000000000000000000000000000nobody" });
  expectThat(wrong.code !== 0, "a wrong token to be refused", wrong);
  const run = await stage.octopool(["login", stage.url], { GH_TOKEN: stage.world.githubToken });
  expectThat(run.code === 0, "exit code 0", run);
  expectThat(!(run.stdout + run.stderr).includes(stage.world.githubToken), "no GitHub token in the output", run);
}

async function standing(stage: Stage): Promise<void> {
  const who = await stage.octopool(["whoami"]);
  expectThat(who.code === 0 && who.stdout.includes(LOCAL_POOL), `the pool ${LOCAL_POOL}`, who);
  const health = await stage.octopool(["health"]);
  expectThat(health.code === 0, "exit code 0", health);
}

async function readTwice(stage: Stage): Promise<void> {
  const first = await stage.octopool(["api", stage.samplePath]);
  const second = await stage.octopool(["api", stage.samplePath]);
  expectThat(first.code === 0 && second.code === 0, "exit code 0 twice", second);
  expectThat(
    JSON.stringify(JSON.parse(first.stdout)) === JSON.stringify(JSON.parse(second.stdout)),
    "one body twice",
    second,
  );
}

async function envelope(stage: Stage): Promise<void> {
  const run = await stage.octopool(["request", "--path", `/${stage.samplePath}`]);
  const said = JSON.parse(run.stdout || "{}") as { status?: number; relay?: { cache?: string } };
  expectThat(run.code === 0 && said.status === 200 && said.relay?.cache === "hit", "status 200 from a hit", run);
}

async function refused(stage: Stage): Promise<void> {
  const run = await stage.octopool(["request", "--path", "/notifications"]);
  expectThat(run.code !== 0 && /route_denied/.test(run.stdout + run.stderr), "route_denied and a failing exit", run);
}

async function administer(stage: Stage): Promise<void> {
  const [one] = stage.world.identities;
  const args = [
    "identity",
    "--id",
    "pat_more",
    "--login",
    one?.login ?? "me",
    "--secret-ref",
    one?.secretRef ?? "",
    "--scope",
    "*",
  ];
  const added = await stage.admin(args);
  expectThat(added.code === 0, "exit code 0", added);
  const [, owner = "", name = ""] = stage.samplePath.split("/");
  const purged = await stage.admin(["purge", "--repo", `${owner}/${name}`]);
  expectThat(purged.code === 0, "exit code 0", purged);
  const again = await stage.octopool(["request", "--path", `/${stage.samplePath}`]);
  const said = JSON.parse(again.stdout || "{}") as { relay?: { cache?: string } };
  expectThat(said.relay?.cache !== "hit", "anything but a hit after the purge", again);
  const denied = await stage.octopool(["admin", "purge", "--repo", `${owner}/${name}`], {
    OCTOPOOL_ADMIN_TOKEN: "wrong",
  });
  expectThat(denied.code !== 0, "a wrong admin token to be refused", denied);
}

async function stats(stage: Stage): Promise<void> {
  // A row is written within a quarter of a second of its answer; the process that waits here is the CLI itself.
  let run = await stage.octopool(["stats", "--json"]);
  for (let tries = 0; tries < 40 && (await stage.count("SELECT count(*) AS n FROM audit_events")) < 5; tries += 1) {
    run = await stage.octopool(["stats", "--json"]);
  }
  const rows = await stage.count("SELECT count(*) AS n FROM audit_events");
  const said = JSON.parse((await stage.octopool(["stats", "--json"])).stdout || "{}") as {
    pool_usage?: { requests?: number; cache_hits?: number };
  };
  expectThat(rows >= 5 && said.pool_usage?.requests === rows, `${rows} rows, at least 5, and as many requests`, run);
  expectThat((said.pool_usage?.cache_hits ?? 0) >= 2, "two hits", run);
  expectThat((await stage.count("SELECT count(*) AS n FROM github_cache_entries")) > 0, "a stored answer", run);
}

async function logout(stage: Stage): Promise<void> {
  const run = await stage.octopool(["logout"]);
  expectThat(run.code === 0, "exit code 0", run);
  const after = await stage.octopool(["api", stage.samplePath]);
  expectThat(after.code !== 0, "a failing exit", after);
}

function expectThat(holds: boolean, what: string, { code, stdout, stderr }: Run): void {
  if (holds) return;
  const seen = `${stdout.trim()} ${stderr.trim()}`.slice(0, 500);
  throw new Mismatch(`expected ${what}, saw exit ${code ?? "by signal"}: ${seen}`);
}
