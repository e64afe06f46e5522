/** A relay under real workerd whose runtime can be killed outright, again and again, on the same state. */
import { childrenNamed } from "../../../bench/process-memory.ts";
import { LOCAL_POOL, seedLocal, type Seeded } from "../../../scripts/local-seed.ts";
import { startLocalWorker, type LocalWorker } from "../../../scripts/local-worker.ts";
import { standInWorld } from "../../../scripts/local-world.ts";

const ADMIN_TOKEN = "kill-test-admin-token-0123456789";

export interface RelayedVersion {
  readonly status: number;
  readonly title: string;
  readonly cache: string;
}

export class KillableRelay {
  readonly #standInUrl: string;
  readonly #stateDir: string;
  #worker: LocalWorker | undefined;
  #pid: number | undefined;
  #seeded: Seeded | undefined;

  constructor(standInUrl: string, stateDir: string) {
    this.#standInUrl = standInUrl;
    this.#stateDir = stateDir;
  }

  /** On the state that the last life left behind. */
  async start(): Promise<void> {
    const world = standInWorld(this.#standInUrl);
    const identities = Object.fromEntries(world.identities.map(({ secretRef, token }) => [secretRef, token]));
    const before = await childrenNamed("workerd");
    this.#worker = await startLocalWorker({
      port: 0,
      stateDir: this.#stateDir,
      vars: world.vars,
      secrets: { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken, ...identities },
      log: () => undefined, // what a killed runtime last said is not the test's matter
    });
    this.#pid = (await childrenNamed("workerd")).find((pid) => !before.includes(pid));
    const earlier = this.#seeded;
    this.#seeded ??= await seedLocal({ url: this.#worker.url, adminToken: ADMIN_TOKEN, world, earlier });
  }

  /** SIGKILL: no handler runs, nothing is flushed. Resolves when nothing of that life is left. */
  async kill(): Promise<void> {
    if (this.#pid === undefined) throw new Error("workerd is not running");
    process.kill(this.#pid, "SIGKILL");
    await this.stop();
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#pid = undefined;
    await worker?.stop();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** One read; `maxAge` bounds the answer's age in seconds. Rejects where the connection breaks. */
  async read(path: string, maxAge?: number): Promise<RelayedVersion> {
    const bound = maxAge === undefined ? {} : { headers: { "cache-control": `max-age=${maxAge}` } };
    const ask = { pool: LOCAL_POOL, method: "GET", path, ...bound };
    const response = await this.#post("/v1/github/request", this.#seeded?.callerToken ?? "", ask);
    const answer = (await response.json()) as {
      readonly body?: { readonly title?: string };
      readonly relay?: { readonly cache?: string };
    };
    return { status: response.status, title: answer.body?.title ?? "", cache: answer.relay?.cache ?? "" };
  }

  /** The purge's HTTP status. Rejects where the connection breaks. */
  async purge(path: string): Promise<number> {
    const response = await this.#post(`/v1/admin/pools/${LOCAL_POOL}/purge`, ADMIN_TOKEN, { path });
    await response.arrayBuffer();
    return response.status;
  }

  /** The fence of the stored answer, once it is stored: the answer does not wait for that. The test's patience bounds it. */
  async fenceOf(path: string): Promise<number> {
    const database = await this.#worker?.d1();
    if (database === undefined) throw new Error("the relay is not running");
    for (;;) {
      const row = await database
        .prepare("SELECT fence FROM github_cache_entries WHERE path = ?")
        .bind(path)
        .first<{ readonly fence: number }>();
      if (row !== null) return row.fence;
    }
  }

  #post(door: string, token: string, body: object): Promise<Response> {
    if (this.#worker === undefined) throw new Error("the relay is not running");
    return fetch(this.#worker.url + door, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  }
}
