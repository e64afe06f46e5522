/** The pool, callers and questions that every bar is measured with. Everything is made through the HTTP doors. */
import { tokenOf } from "../test/github/client.ts";
import { ROUTE_HEADER, type Workers } from "./miniflare.ts";
import { LATENCY_MS, type StandInProcess } from "./stand-in.ts";

const ADMIN_TOKEN = "bench-admin-token";
const POOL = "maintainers";
/** Quota that no run uses up. */
const AMPLE = { limit: 1_000_000, remaining: 1_000_000 };
const IDENTITIES = ["alice", "bob"] as const;

/**
 * Memos and proofs last for the whole run (300 s), so that throughput is measured and not their renewal; counts do not
 * depend on it.
 */
export function varsFor(standInUrl: string): Readonly<Record<string, string>> {
  return {
    ALLOWED_GITHUB_ORG: "acme-inc",
    DEFAULT_ALLOWED_OWNERS: "bench",
    DEFAULT_LOGIN_POOL: POOL,
    GITHUB_API_ORIGIN: standInUrl,
    GITHUB_WEB_ORIGIN: standInUrl,
    GITHUB_RAW_ORIGIN: standInUrl,
    CONFIG_TTL_SECONDS: "300",
    PUBLIC_REPO_TTL_SECONDS: "300",
    OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN,
    OCTOPOOL_GITHUB_ORG_TOKEN: tokenOf("org-reader"),
    PAT_ALICE: tokenOf("alice"),
    PAT_BOB: tokenOf("bob"),
  };
}

export interface AskOptions {
  /** Of the two callers; the first by default. */
  readonly caller?: 0 | 1;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Setting {
  readonly url: string;
  readonly port: number;
  readonly standIn: StandInProcess;
  readonly #tokens: readonly string[];
  #nextRepository = 1;

  private constructor(workers: Workers, standIn: StandInProcess, tokens: readonly string[]) {
    this.url = workers.url;
    this.port = Number(new URL(workers.url).port);
    this.standIn = standIn;
    this.#tokens = tokens;
  }

  static async make(workers: Workers, standIn: StandInProcess): Promise<Setting> {
    const doors = new Setting(workers, standIn, []);
    for (const login of IDENTITIES) {
      await standIn.client.setQuota(login, "core", AMPLE);
      const scopes = [{ owner: "*" }];
      const identity = { id: idOf(login), kind: "pat", login, secret_ref: `PAT_${login.toUpperCase()}`, scopes };
      await doors.#send("POST", `/v1/admin/pools/${POOL}/identities`, ADMIN_TOKEN, identity);
    }
    const policy = {
      allowed_owners: ["bench"],
      allow_public_repos: true,
      allow_search: false,
      allow_logs: true,
      max_concurrent_per_caller: 1000,
      fills_per_hour_per_caller: 1_000_000,
      negative_proofs_per_hour_per_caller: 60,
    };
    await doors.#send("PUT", `/v1/admin/pools/${POOL}`, ADMIN_TOKEN, { policy });
    const tokens: string[] = [];
    for (const login of ["carol", "octocat"]) {
      const exchange = { github_token: tokenOf(login), pool: POOL, client_name: "bench" };
      const { token } = (await doors.#send("POST", "/v1/login/github-cli", undefined, exchange)) as { token: string };
      tokens.push(token);
    }
    await standIn.client.setLatency(LATENCY_MS);
    return new Setting(workers, standIn, tokens);
  }

  /** A public repository that nobody has asked about yet: `/repos/bench/repo-<n>`. */
  newRepository(): string {
    return `/repos/bench/repo-${this.#nextRepository++}`;
  }

  /** Also forgets what the Worker has learnt of it, and ends the identities' rests: no bar is a burden to the next. */
  async setAnonymousQuota(state: "ample" | "gone"): Promise<void> {
    await this.standIn.client.setAnonymousQuota("core", state === "ample" ? AMPLE : { remaining: 0 });
    const body = JSON.stringify({ pool: POOL, identities: IDENTITIES.map(idOf) });
    const response = await fetch(`${this.url}/__bench/forget`, { method: "POST", body });
    if (response.status !== 204) throw new Error(`forget answered ${response.status}`);
  }

  /** Gone, and known to be so: one read has found out. */
  async spendAnonymousQuota(): Promise<void> {
    await this.setAnonymousQuota("gone");
    await this.read(`${this.newRepository()}/pulls/1`);
  }

  /** A relayed read through `fetch`; its answer as text, and its headers. @throws Error unless it is 200. */
  async read(path: string, options: AskOptions = {}): Promise<{ readonly text: string; readonly headers: Headers }> {
    const init = { method: "POST", headers: this.#headers(options), body: this.#body(path, options) };
    const response = await fetch(`${this.url}/v1/github/request`, init);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return { text, headers: response.headers };
  }

  /** The same read as bytes for a connection. */
  bytes(path: string, options: AskOptions = {}, worker: "octopool" | "floor" = "octopool"): Buffer {
    const body = this.#body(path, options);
    const headers = {
      ...this.#headers(options),
      [ROUTE_HEADER]: worker,
      "content-length": String(Buffer.byteLength(body)),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(
      `POST /v1/github/request HTTP/1.1\r\nhost: 127.0.0.1:${this.port}\r\n${lines.join("")}\r\n${body}`,
    );
  }

  /** Makes the floor answer asks of `path` with this very answer. */
  async keepAtFloor(path: string, answer: { readonly text: string; readonly headers: Headers }): Promise<void> {
    const own = Object.fromEntries([...answer.headers].filter(([name]) => !HOP_HEADERS.has(name)));
    const response = await fetch(`${this.url}/constant?path=${encodeURIComponent(path)}`, {
      method: "PUT",
      headers: { [ROUTE_HEADER]: "floor", "x-bench-headers": JSON.stringify(own) },
      body: answer.text,
    });
    if (response.status !== 204) throw new Error(`the floor answered ${response.status}`);
  }

  #headers({ caller = 0, headers }: AskOptions): Record<string, string> {
    const bearer = `Bearer ${this.#tokens[caller] ?? ""}`;
    return { "content-type": "application/json", authorization: bearer, ...headers };
  }

  #body(path: string, { query }: AskOptions): string {
    return JSON.stringify({ pool: POOL, method: "GET", path, ...(query === undefined ? {} : { query }) });
  }

  async #send(method: string, door: string, token: string | undefined, body: object): Promise<unknown> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    const response = await fetch(this.url + door, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${door} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as unknown;
  }
}

function idOf(login: string): string {
  return `pat_${login}`;
}

/** Made anew by every hop. */
const HOP_HEADERS = new Set(["content-length", "content-encoding", "transfer-encoding", "connection", "date"]);
