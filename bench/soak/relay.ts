/** The soaked Worker under real workerd, on state that survives its being killed. */
import { fileURLToPath } from "node:url";
import { startLocalWorker, type LocalWorker } from "../../scripts/local-worker.ts";
import { LOCAL_POOL, seedLocal } from "../../scripts/local-seed.ts";
import { standInWorld } from "../../scripts/local-world.ts";
import { tokenOf } from "../../test/github/client.ts";
import { bundleWorker } from "../bundle.ts";
import { childrenNamed } from "../process-memory.ts";

const ENTRY = fileURLToPath(new URL("../worker/soak.ts", import.meta.url));
export const ADMIN_TOKEN = "soak-admin-token-0123456789";
export const REQUEST_TIMEOUT_MS = 4_000;

/** What must be in no answer and no line of the log. */
export const SECRETS: readonly string[] = [ADMIN_TOKEN, ...["alice", "bob", "octocat", "org-reader"].map(tokenOf)];

/** Room for the load of the soak, which is no person's. */
const POLICY = {
  allowed_owners: ["octocat", "acme"],
  allow_public_repos: true,
  allow_search: false,
  allow_logs: true,
  max_concurrent_per_caller: 1_000,
  fills_per_hour_per_caller: 1_000_000,
  negative_proofs_per_hour_per_caller: 1_000_000,
};

export interface SoakedOptions {
  readonly standInUrl: string;
  readonly stateDir: string;
  readonly port: number;
  readonly onLog: (message: string) => void;
}

export class SoakedRelay {
  readonly url: string;
  token = "";
  /** When it was killed, epoch milliseconds. */
  readonly killedAt: number[] = [];
  readonly #options: SoakedOptions;
  readonly #bundle: string;
  #worker: LocalWorker | undefined;
  #pid: number | undefined;

  private constructor(options: SoakedOptions, bundle: string) {
    this.#options = options;
    this.#bundle = bundle;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  static async open(options: SoakedOptions): Promise<SoakedRelay> {
    const relay = new SoakedRelay(options, await bundleWorker(ENTRY));
    await relay.start();
    const world = standInWorld(options.standInUrl);
    relay.token = (await seedLocal({ url: relay.url, adminToken: ADMIN_TOKEN, world, earlier: undefined })).callerToken;
    const response = await relay.send("PUT", `/v1/admin/pools/${LOCAL_POOL}`, ADMIN_TOKEN, { policy: POLICY });
    if (response.status !== 200) throw new Error(`the policy was refused: ${response.status} ${await response.text()}`);
    return relay;
  }

  async start(): Promise<void> {
    const { standInUrl, stateDir, port, onLog } = this.#options;
    const world = standInWorld(standInUrl);
    const identities = Object.fromEntries(world.identities.map(({ secretRef, token }) => [secretRef, token]));
    const before = await childrenNamed("workerd");
    this.#worker = await startLocalWorker({
      port,
      stateDir,
      // Memos and proofs end soon, so that the stores are asked all the time.
      vars: {
        ...world.vars,
        CONFIG_TTL_SECONDS: "2",
        PUBLIC_REPO_TTL_SECONDS: "5",
        REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
      },
      secrets: { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken, ...identities },
      instrument: ({ modules: _built, modulesRoot: _root, assets: _assets, ...worker }) => ({
        ...worker,
        modules: [{ type: "ESModule", path: "soak.mjs", contents: this.#bundle }],
      }),
      log: ({ message }) => onLog(message),
    });
    this.#pid = (await childrenNamed("workerd")).find((pid) => !before.includes(pid));
  }

  /** SIGKILL; resolves when nothing of that life is left. */
  async kill(): Promise<void> {
    this.killedAt.push(Date.now());
    if (this.#pid !== undefined) process.kill(this.#pid, "SIGKILL");
    await this.stop();
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#pid = undefined;
    await worker?.stop();
  }

  /** @throws TypeError where the connection breaks. */
  send(
    method: string,
    door: string,
    token: string,
    body?: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}`, ...more };
    return fetch(this.url + door, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  async setStores(stores: { readonly d1?: string; readonly r2?: string }): Promise<void> {
    await this.#door("stores", stores);
  }

  async endCoordinator(): Promise<void> {
    await this.#door("coordinator", {});
  }

  async column(sql: string): Promise<readonly (string | number)[]> {
    const database = await this.#worker?.d1();
    const rows = await database?.prepare(sql).raw<[string | number]>();
    return (rows ?? []).map(([value]) => value);
  }

  async #door(name: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/__soak/${name}`, { method: "POST", body: JSON.stringify(body) });
    if (response.status !== 204) throw new Error(`the soak's door ${name} answered ${response.status}`);
  }
}
