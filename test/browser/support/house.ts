/** The whole of Octopool for a browser: the stand-in GitHub, the built Worker in workerd, and a pool with a past. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { demoSecrets, DEMO_POOL } from "../../../scripts/demo/cast.ts";
import { momentsOf } from "../../../scripts/demo/moments.ts";
import { playMoment, type PlayAsk } from "../../../scripts/demo/play.ts";
import { setStage, type Stage } from "../../../scripts/demo/stage.ts";
import { Doors } from "../../../scripts/doors.ts";
import { seedLocal, type Seeded } from "../../../scripts/local-seed.ts";
import { startLocalWorker, type LocalWorker, type WorkerLog } from "../../../scripts/local-worker.ts";
import { standInWorld, type LocalWorld } from "../../../scripts/local-world.ts";
import { freePort } from "../../../scripts/ports.ts";
import { StandInClient } from "../../github/client.ts";
import { startStandIn, type StandIn } from "../../github/server.ts";

const ADMIN_TOKEN = "browser-test-admin-token-0123456789";
const WEBHOOK_SECRET = "browser-test-webhook-secret-0123456789";
const SEED = 7;

export class House {
  readonly pool = DEMO_POOL;
  readonly standIn: StandIn;
  readonly logs: WorkerLog[] = [];
  readonly #world: LocalWorld;
  readonly #stateDir: string;
  readonly #port: number;
  #worker: LocalWorker | undefined;
  #seeded: Seeded | undefined;
  #stage: Stage | undefined;

  private constructor(standIn: StandIn, stateDir: string, port: number) {
    this.standIn = standIn;
    this.#world = standInWorld(standIn.url);
    this.#stateDir = stateDir;
    this.#port = port;
  }

  /** @param moments how many of the demo's moments have been played in the pool. */
  static async open(moments: number): Promise<House> {
    const standIn = await startStandIn();
    const stateDir = await mkdtemp(join(tmpdir(), "octopool-browser-"));
    const house = new House(standIn, stateDir, (await freePort(0)) ?? 0);
    await house.start();
    const { url } = house;
    house.#seeded = await seedLocal({ url, adminToken: ADMIN_TOKEN, world: house.#world, earlier: undefined });
    const { githubLogin: operator } = house.#seeded;
    house.#stage = await setStage({ url, standInUrl: standIn.url, adminToken: ADMIN_TOKEN, operator });
    await house.play(moments);
    return house;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get worker(): LocalWorker {
    if (this.#worker === undefined) throw new Error("the Worker is not running");
    return this.#worker;
  }

  /** Who signs in: an operator of the pools `maintainers` and `demo`. */
  get operator(): string {
    return this.#seeded?.githubLogin ?? "";
  }

  get adminToken(): string {
    return ADMIN_TOKEN;
  }

  /** Everything that no page may ever show: the credentials, and what GitHub and webhooks are signed with. */
  get secrets(): readonly string[] {
    const { identities, orgToken, oauthSecret, githubToken } = this.#world;
    return [
      ADMIN_TOKEN,
      WEBHOOK_SECRET,
      orgToken,
      githubToken,
      ...(oauthSecret === undefined ? [] : [oauthSecret]),
      ...identities.map(({ token }) => token),
      ...Object.values(demoSecrets()),
      ...(this.#stage?.tokens.values() ?? []),
      ...(this.#seeded === undefined ? [] : [this.#seeded.callerToken]),
    ];
  }

  /** Sets something up as whoever holds the admin token does. */
  setUp(door: string, body: object): Promise<unknown> {
    return new Doors(this.url).post(`/v1/admin/${door}`, ADMIN_TOKEN, body);
  }

  /** Whether a caller's token opens the pool. */
  opens(token: string, pool: string = this.pool): Promise<boolean> {
    return new Doors(this.url).opens(pool, token);
  }

  /** One of the demo's callers reads something; resolves to the answer's status. */
  async read(path: string, login = "ana-demo"): Promise<number> {
    const token = this.#stage?.tokens.get(login);
    const response = await fetch(`${this.url}/v1/github/request`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ pool: this.pool, method: "GET", path }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** As `read`, of something that GitHub sends drop by drop: it takes a tenth of a second and more. */
  async readSlowly(path: string): Promise<number> {
    const match = { path };
    await new StandInClient(this.standIn.url).addFault({
      kind: "slow",
      chunk_bytes: 128,
      every_ms: 20,
      match,
      times: 1,
    });
    return this.read(path);
  }

  async start(): Promise<void> {
    const { vars, identities, orgToken, oauthSecret } = this.#world;
    this.#worker = await startLocalWorker({
      port: this.#port,
      stateDir: this.#stateDir,
      vars,
      secrets: {
        OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN,
        OCTOPOOL_GITHUB_ORG_TOKEN: orgToken,
        GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
        ...(oauthSecret === undefined ? {} : { GITHUB_OAUTH_CLIENT_SECRET: oauthSecret }),
        ...Object.fromEntries(identities.map(({ secretRef, token }) => [secretRef, token])),
        ...demoSecrets(),
      },
      log: (entry) => this.logs.push(entry),
    });
  }

  async stop(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = undefined;
  }

  /** Plays the demo's first moments, waiting so long after each. */
  async play(count: number, pauseMs = 0): Promise<void> {
    if (this.#stage === undefined) throw new Error("the house is not open yet");
    const ask: PlayAsk = {
      url: this.url,
      standInUrl: this.standIn.url,
      webhookSecret: WEBHOOK_SECRET,
      stage: this.#stage,
      signal: new AbortController().signal,
      troubled: (error) => {
        throw error;
      },
    };
    for (const moment of momentsOf(SEED).take(count)) {
      await playMoment(moment, 0, ask);
      if (pauseMs > 0) await wait(pauseMs);
    }
  }

  async close(): Promise<void> {
    await this.stop();
    await this.standIn.close();
    await rm(this.#stateDir, { recursive: true, force: true });
  }
}
