/** A Worker in this workerd with real D1, Durable Object and Cache API, before the stand-in GitHub. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import { createWorker, realPlatform } from "../../../server/create-worker.ts";
import type { Platform } from "../../../server/deps.ts";
import { readConfig } from "../../../server/config.ts";
import { openDb } from "../../../server/store/db.ts";
import { StandInClient, tokenOf } from "../../github/client.ts";

export const ADMIN_TOKEN = "admin-token-for-tests-only";
export const POOL = "maintainers";

export interface RelayOptions {
  readonly vars?: Readonly<Record<string, string | null>>;
  /** Bindings to put in place of the real ones, such as a D1 that fails. */
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** How long a request waits for another's look at the edge, at most. */
  readonly edgeWaitMs?: number;
}

export interface AskOptions {
  readonly pool?: string;
  readonly method?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly route_hint?: unknown;
  readonly token?: string | null;
  readonly raw?: boolean;
}

export interface Envelope {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly body_encoding: string;
  readonly identity?: { id: string; kind: string };
  readonly relay: Record<string, unknown>;
  readonly error?: { code: string; message: string; request_id: string; details?: Record<string, string> };
}

let serial = 0;

export class TestRelay {
  readonly github = new StandInClient(inject("standInUrl"));
  readonly origin = "http://127.0.0.1";
  readonly vars: Record<string, unknown>;
  /** Added to the real clock; move it with `later`. */
  offsetMs = 0;
  callerToken = "";
  /** Looks at the edge so far. */
  edgeLooks = 0;
  /** A look ends no sooner than this. */
  whileLooking: () => Promise<void> = async () => undefined;
  readonly #edgeWaitMs: number | undefined;
  /** What the clock throws from now on, in place of any inner failure. */
  clockFailure: string | undefined;
  #edge: string;
  readonly #edgeKeys = new Set<string>();
  #bindings: Readonly<Record<string, unknown>>;
  #env: Record<string, unknown>;
  #worker: ReturnType<typeof createWorker>;

  constructor(options: RelayOptions = {}) {
    const standIn = inject("standInUrl");
    this.#bindings = options.bindings ?? {};
    this.#edgeWaitMs = options.edgeWaitMs;
    this.#edge = `test-${Date.now()}-${serial++}`;
    this.vars = {
      ALLOWED_GITHUB_ORG: "acme-inc",
      DEFAULT_ALLOWED_OWNERS: "acme,octocat",
      GITHUB_API_ORIGIN: standIn,
      GITHUB_WEB_ORIGIN: standIn,
      GITHUB_RAW_ORIGIN: `${standIn}`,
      OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN,
      OCTOPOOL_GITHUB_ORG_TOKEN: tokenOf("octocat"),
      PAT_ALICE: tokenOf("alice"),
      PAT_BOB: tokenOf("bob"),
      ...options.vars,
    };
    this.#env = this.#makeEnv();
    this.#worker = this.#makeWorker();
  }

  #makeEnv(): Record<string, unknown> {
    return { ...env, ...this.vars, ...this.#bindings };
  }

  #makeWorker() {
    const real = realPlatform();
    // Entries of one test are no other test's: the Cache API outlives a reset.
    const name = (key: string) => key.replace("https://", `https://${this.#edge}.`);
    const platform: Platform = {
      ...real,
      now: () => {
        if (this.clockFailure !== undefined) throw new Error(this.clockFailure);
        return Date.now() + this.offsetMs;
      },
      edge: {
        match: async (key) => {
          this.edgeLooks += 1;
          await this.whileLooking();
          return real.edge.match(name(key));
        },
        put: (key, response) => {
          this.#edgeKeys.add(name(key));
          return real.edge.put(name(key), response);
        },
        delete: (key) => real.edge.delete(name(key)),
      },
    };
    // A request here is over when its audit row is written: nothing is gained by gathering more.
    return createWorker(platform, { auditGatherMs: 1, edgeWaitMs: this.#edgeWaitMs });
  }

  /** Another isolate of the same deployment: same stores, nothing remembered. */
  newIsolate(): void {
    this.#worker = this.#makeWorker();
  }

  /** The isolate that answers now, to come back to with `use`. */
  isolateNow(): ReturnType<typeof createWorker> {
    return this.#worker;
  }

  use(worker: ReturnType<typeof createWorker>): void {
    this.#worker = worker;
  }

  setVars(vars: Readonly<Record<string, string | null>>): void {
    Object.assign(this.vars, vars);
    this.#env = this.#makeEnv();
  }

  /** Other bindings from now on, in the same isolate. */
  setBindings(bindings: Readonly<Record<string, unknown>>): void {
    this.#bindings = bindings;
    this.#env = this.#makeEnv();
  }

  /** Another data centre: nothing is at its edge yet. */
  forgetEdge(): void {
    this.#edge = `test-${Date.now()}-${serial++}`;
  }

  get isolate() {
    return this.#worker.isolate;
  }

  get db() {
    return openDb(env.DB);
  }

  get config() {
    return readConfig(this.#env);
  }

  later(ms: number): void {
    this.offsetMs += ms;
  }

  /** Everything that ran on after the answer has ended when this resolves. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { response, settled } = await this.fetchOpen(path, init);
    const body = await response.arrayBuffer();
    await settled;
    const empty = response.status === 204 || response.status === 304 || response.status === 101;
    return new Response(empty ? null : body, response);
  }

  /** The answer at once; `settled` when its background work has ended. */
  async fetchOpen(path: string, init: RequestInit = {}): Promise<{ response: Response; settled: Promise<void> }> {
    const context = createExecutionContext();
    const request = new Request(path.startsWith("http") ? path : this.origin + path, init);
    const handler = this.#worker.fetch;
    if (handler === undefined) throw new Error("the worker has no fetch");
    const response = await handler(request as never, this.#env as never, context);
    return { response, settled: waitOnExecutionContext(context) };
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  async admin(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${ADMIN_TOKEN}` };
    return this.fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  /** A pool with alice's PAT, and a caller who logged in. */
  async seed(
    options: { identities?: readonly string[]; login?: string; policy?: Record<string, unknown> } = {},
  ): Promise<this> {
    for (const id of options.identities ?? ["pat_alice"]) await this.addIdentity(id);
    if (options.identities?.length === 0 || options.policy !== undefined) await this.setPolicy(options.policy ?? {});
    this.callerToken = await this.login(options.login ?? "alice");
    return this;
  }

  async addIdentity(id: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const login = id.replace(/^pat_/, "");
    const body = {
      id,
      kind: "pat",
      login,
      secret_ref: `PAT_${login.toUpperCase()}`,
      scopes: [{ owner: "*" }],
      ...more,
    };
    const response = await this.admin("POST", `/v1/admin/pools/${POOL}/identities`, body);
    if (response.status !== 201) throw new Error(`identity: ${response.status} ${await response.text()}`);
  }

  async setPolicy(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const policy = {
      allowed_owners: ["acme", "octocat"],
      allow_public_repos: true,
      allow_search: false,
      allow_logs: true,
      max_concurrent_per_caller: 16,
      fills_per_hour_per_caller: 600,
      negative_proofs_per_hour_per_caller: 60,
      ...changes,
    };
    const response = await this.admin("PUT", `/v1/admin/pools/${POOL}`, { policy });
    if (response.status !== 200) throw new Error(`policy: ${response.status} ${await response.text()}`);
  }

  async login(login: string, clientName = "laptop"): Promise<string> {
    const response = await this.post("/v1/login/github-cli", {
      github_token: tokenOf(login),
      pool: POOL,
      client_name: clientName,
    });
    if (response.status !== 201) throw new Error(`login: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { token: string }).token;
  }

  init(path: string, options: AskOptions = {}): RequestInit {
    const { pool, method, query, headers, route_hint, token, raw } = options;
    const bearer = token === undefined ? this.callerToken : token;
    return {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(raw === true ? { accept: "application/vnd.octopool.raw" } : {}),
      },
      body: JSON.stringify({
        pool: pool ?? POOL,
        method: method ?? "GET",
        path,
        ...(query === undefined ? {} : { query }),
        ...(headers === undefined ? {} : { headers }),
        ...(route_hint === undefined ? {} : { route_hint }),
      }),
    };
  }

  async askRaw(path: string, options: AskOptions = {}): Promise<Response> {
    return this.fetch("/v1/github/request", this.init(path, { ...options, raw: true }));
  }

  async ask(path: string, options: AskOptions = {}): Promise<{ readonly http: number; readonly envelope: Envelope }> {
    const response = await this.fetch("/v1/github/request", this.init(path, options));
    return { http: response.status, envelope: (await response.json()) as Envelope };
  }

  /** Reads that reached GitHub's API, without proofs of visibility. */
  async reads(
    path?: string,
  ): Promise<readonly { path: string; credential: string; status: number | null; charged: number }[]> {
    const log = await this.github.log();
    return log.filter(
      (entry) => entry.path !== "/user" && entry.path !== "/graphql" && (path === undefined || entry.path === path),
    );
  }

  /** The names under which this relay's copies are in the Cache API now. */
  async atEdge(): Promise<readonly string[]> {
    const found = await Promise.all(
      [...this.#edgeKeys].map(async (key) => ({ key, copy: await realPlatform().edge.match(key) })),
    );
    return found.filter(({ copy }) => copy !== undefined).map(({ key }) => key);
  }

  async spendAnonymousQuota(): Promise<void> {
    await this.github.setAnonymousQuota("core", { remaining: 0 });
  }
}
