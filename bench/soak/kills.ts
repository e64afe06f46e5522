/** `kill -9` of `npm run serve` at random moments under load: what was committed stays, and no byte is wrong. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import { LOCAL_POOL, seedLocal } from "../../scripts/local-seed.ts";
import { standInWorld } from "../../scripts/local-world.ts";
import { freePort } from "../../scripts/ports.ts";
import { StandInClient } from "../../test/github/client.ts";
import { startStandIn } from "../../test/github/server.ts";
import { Published } from "./published.ts";
import { ADMIN_TOKEN, Served } from "./served.ts";

const REPOSITORY = "/repos/octocat/hello-world/pulls";
const PATHS = Array.from({ length: 12 }, (_, at) => `${REPOSITORY}/${1347 + at}`);
const READERS = 6;
/** Some moments are before the first answer, some long after caches and flushes are under way. */
const LONGEST_LIFE_MS = 1_500;

export interface KillReport {
  kills: number;
  answers: number;
  /** Sentences; empty: none. */
  readonly wrong: string[];
  /** Rows that were in the database, or acknowledged, and are gone. */
  readonly lost: string[];
}

export interface KillOptions {
  readonly kills: number;
  /** 0 to 1; decides the moments. */
  readonly random: () => number;
  readonly onKill?: (report: KillReport) => void;
}

/** Ends by itself and leaves nothing behind. */
export async function killAtRandom({ kills, random, onKill = () => undefined }: KillOptions): Promise<KillReport> {
  const place = await mkdtemp(join(tmpdir(), "octopool-kills-"));
  const standIn = await startStandIn({ port: 0 });
  const port = (await freePort(0)) ?? 0;
  const served = new Served({ place, standInUrl: standIn.url, port });
  const report: KillReport = { kills: 0, answers: 0, wrong: [], lost: [] };
  try {
    const run = new KillRun(served, new Published(new StandInClient(standIn.url), PATHS), report);
    await run.prepare(standIn.url);
    while (report.kills < kills) {
      await run.life(random() * LONGEST_LIFE_MS);
      onKill(report);
    }
    await run.lastLook();
    return report;
  } finally {
    await served.end("SIGKILL");
    await standIn.close();
    await rm(place, { recursive: true, force: true });
  }
}

class KillRun {
  readonly #served: Served;
  readonly #published: Published;
  readonly #report: KillReport;
  #token = "";
  /** Names of identities whose creation was acknowledged. */
  readonly #acknowledged = new Set<string>();
  #kept: ReadonlySet<string> = new Set();
  #serial = 0;

  constructor(served: Served, published: Published, report: KillReport) {
    this.#served = served;
    this.#published = published;
    this.#report = report;
  }

  async prepare(standInUrl: string): Promise<void> {
    await this.#published.publishAll();
    await this.#served.start();
    const world = standInWorld(standInUrl);
    const seeded = await seedLocal({ url: this.#served.url, adminToken: ADMIN_TOKEN, world, earlier: undefined });
    this.#token = seeded.callerToken;
  }

  /** Load for `ms`, then the kill, then a look at the disk, then the next life. */
  async life(ms: number): Promise<void> {
    let isOver = false;
    const load = [
      ...Array.from({ length: READERS }, (_, at) => this.#read(at, () => isOver)),
      this.#write(() => isOver),
    ];
    await sleep(ms);
    isOver = true;
    await this.#served.kill();
    await Promise.all(load);
    this.#report.kills += 1;
    await this.lastLook();
    await this.#served.start();
  }

  /** What an earlier look saw, and what was acknowledged, must be there; and the sums must agree with the rows. */
  async lastLook(): Promise<void> {
    const seen = await this.#served.inspect((database) => ({
      health: texts(database, "PRAGMA integrity_check", "integrity_check"),
      audit: texts(database, "SELECT request_id AS x FROM audit_events", "x"),
      identities: texts(database, "SELECT id AS x FROM identities", "x"),
      summed: texts(database, "SELECT coalesce(sum(requests), 0) AS x FROM usage_hourly", "x"),
      batched: texts(database, "SELECT coalesce(sum(rows), 0) AS x FROM audit_batches", "x"),
    }));
    const { lost } = this.#report;
    if (seen.health.join() !== "ok") lost.push(`the database is damaged: ${seen.health.join("; ")}`);
    const audit = new Set(seen.audit);
    for (const id of this.#kept) if (!audit.has(id)) lost.push(`audit row ${id}`);
    const identities = new Set(seen.identities);
    for (const id of this.#acknowledged) if (!identities.has(id)) lost.push(`identity ${id}`);
    const counts = [seen.audit.length, Number(seen.summed[0]), Number(seen.batched[0])];
    if (new Set(counts).size > 1) lost.push(`rows, rollups and batches disagree: ${counts.join(", ")}`);
    this.#kept = audit;
  }

  async #read(at: number, isOver: () => boolean): Promise<void> {
    for (let step = at; !isOver(); step += 1) {
      const path = PATHS[step % PATHS.length] ?? "";
      const maxAge = step % 3 === 0 ? 0 : undefined;
      const bound = this.#published.boundOf(path, maxAge === undefined ? {} : { maxAge });
      const headers = maxAge === undefined ? {} : { headers: { "cache-control": `max-age=${maxAge}` } };
      const answer = await this.#post("/v1/github/request", this.#token, {
        pool: LOCAL_POOL,
        method: "GET",
        path,
        ...headers,
      });
      if (answer === undefined) return; // killed
      this.#report.answers += 1;
      const complaint =
        answer.status === 200
          ? this.#published.complaint(bound, (answer.body as { body?: unknown }).body)
          : `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`;
      if (complaint !== undefined) this.#report.wrong.push(complaint);
    }
  }

  /** New versions, purges, and rows whose acknowledgement is a promise. */
  async #write(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.#serial += 1;
      const path = PATHS[this.#serial % PATHS.length] ?? "";
      await this.#published.publish(path);
      const purge = async () =>
        (await this.#post(`/v1/admin/pools/${LOCAL_POOL}/purge`, ADMIN_TOKEN, { path }))?.status === 200;
      if (!(await this.#published.purged(path, purge))) return;
      const id = `pat_k${this.#serial}`;
      const identity = { id, kind: "pat", login: "alice", secret_ref: "PAT_ALICE", scopes: [] };
      const made = await this.#post("/v1/admin/pools/kept/identities", ADMIN_TOKEN, identity);
      if (made === undefined) return;
      if (made.status === 201) this.#acknowledged.add(id);
      else this.#report.wrong.push(`identity ${id} answered ${made.status}: ${JSON.stringify(made.body)}`);
    }
  }

  /** Undefined: the connection broke, as it does when its server is killed. */
  async #post(
    door: string,
    token: string,
    body: object,
  ): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
    try {
      const response = await fetch(this.#served.url + door, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}

function texts(database: DatabaseSync, sql: string, column: string): readonly string[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => String(row[column]));
}
