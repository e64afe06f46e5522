/**
 * Whatever is sent to the relay's door, the answer is well formed and never a 5xx. The seed of a run stands in each
 * failure; set FUZZ_SEED below to it to see the same bodies again.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ROUTES } from "../../../shared/routes/index.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const DOOR = "/v1/github/request";
const BODIES = 20_000;
const GROUP = 200;
const FUZZ_SEED: number | undefined = undefined;

/** Mulberry32: a stream of numbers in [0, 1) from one seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length", "then"];
const WORDS = [
  ...NAMES,
  "",
  " ",
  ".",
  "..",
  "...",
  "a...b",
  "%2F",
  "%2e%2e",
  "%",
  "%zz",
  "%00",
  "%F0%9F%90%99",
  "%ED%A0%80",
  "\u0000",
  "\n\r",
  "\u2028",
  "é",
  "🐙",
  String.fromCharCode(0xd800),
  "{owner}",
  ":owner",
  "-1",
  "0",
  "1e9",
  "NaN",
  "9".repeat(400),
  "x".repeat(600),
  "x".repeat(9_000),
  "' OR 1=1 --",
  "<script>",
  "$(id)",
  "repo:acme/widget is:open",
  "max-age=0",
  "application/vnd.github.raw+json",
  'W/"x", *',
  "a".repeat(40),
];
const KEYS = ["pool", "method", "path", "query", "headers", "route_hint", "cache_key", ...NAMES];
const HEADERS = ["accept", "Accept", "x-github-api-version", "if-none-match", "if-modified-since", "cache-control"];
const PARAMETERS = ["per_page", "page", "state", "sha", "q", "sort", "token", "labels[]", "ref", "since", "after"];

class Maker {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  value(depth = 0): unknown {
    switch (this.below(depth > 3 ? 5 : 8)) {
      case 0:
        return null;
      case 1:
        return this.chance(0.5);
      case 2:
        return this.pick([0, -1, 1.5, 1e308, -0, 2 ** 53]);
      case 3:
      case 4:
        return this.pick(WORDS);
      case 5:
        return Array.from({ length: this.below(4) }, () => this.value(depth + 1));
      default:
        return this.record(() => this.value(depth + 1), [...KEYS, ...WORDS]);
    }
  }

  record(value: () => unknown, keys: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length: this.below(5) }, () => [this.pick(keys), value()]));
  }

  path(): string {
    const { template } = this.pick(ROUTES);
    const filled = template.replace(/\{([a-z]+)\}/g, (_whole, name: string) => this.#parameter(name));
    return this.chance(0.1)
      ? filled + this.pick(["/", "?a=b", "#c", "//", "/../x", "/%2e%2e", this.pick(WORDS)])
      : filled;
  }

  #parameter(name: string): string {
    if (this.chance(0.15)) return this.pick(WORDS);
    if (name === "owner") return this.pick(["acme", "ACME", "octocat", "nobody"]);
    if (name === "repo") return this.pick(["widget", "secret", "old", "hello-world"]);
    if (name === "sha") return "a".repeat(40);
    return this.pick(["7", "1", "main", "alice", "mit", "a...b", "README.md", "bug"]);
  }

  /** A valid question with up to three members made wrong. */
  body(): unknown {
    const body: Record<string, unknown> = {
      pool: POOL,
      method: "GET",
      path: this.path(),
      query: this.chance(0.5) ? this.record(() => this.pick(WORDS), PARAMETERS) : undefined,
      headers: this.chance(0.5) ? this.record(() => this.pick(WORDS), HEADERS) : undefined,
    };
    for (let wrong = this.below(4); wrong > 1; wrong -= 1) body[this.pick(KEYS)] = this.value();
    return this.chance(0.05) ? this.value() : body;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.below(300));
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = this.below(256);
    if (this.chance(0.5)) bytes.set([0x7b, 0x22].slice(0, bytes.length));
    return bytes;
  }
}

function textOf(body: unknown): string {
  return JSON.stringify(body) ?? "undefined";
}

let relay: TestRelay;
let logged: string[];
beforeEach(async () => {
  logged = [];
  vi.spyOn(console, "error").mockImplementation((...words) => {
    logged.push(words.map(String).join(" "));
  });
  relay = new TestRelay();
  await relay.github.reset();
  // A pool without identities, and no anonymous quota: what passes every check is refused without a fetch's cost.
  await relay.seed({
    identities: [],
    policy: { allow_search: true, fills_per_hour_per_caller: 1_000_000, max_concurrent_per_caller: 1_000 },
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What is wrong with an answer, in one line; undefined: it is well formed. */
async function flawOf(response: Response): Promise<string | undefined> {
  const requestId = response.headers.get("x-octopool-request-id");
  const raw = response.headers.get("x-octopool-answer");
  const text = await response.text();
  if (requestId === null || requestId === "") return "no request id";
  if (raw === "github") return response.headers.has("cache-status") ? undefined : "no cache-status";
  if (response.status >= 500) return `a ${response.status}: ${text.slice(0, 200)}`;
  const body = JSON.parse(text) as { error?: Record<string, unknown>; relay?: Record<string, unknown> };
  if (response.status === 200) return body.relay?.["request_id"] === requestId ? undefined : "an envelope of another";
  const { code, message, request_id: named, details = {} } = body.error ?? {};
  const flat = Object.values(details as object).every((detail) => typeof detail === "string");
  if (typeof code !== "string" || typeof message !== "string" || named !== requestId || !flat)
    return text.slice(0, 200);
  return response.status === 424 && code !== "fallback_local" ? `a 424 of ${code}` : undefined;
}

async function fuzz(count: number, make: (maker: Maker) => RequestInit): Promise<Map<number, number>> {
  const seed = FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31);
  const maker = new Maker(seed);
  const statuses = new Map<number, number>();
  for (let done = 0; done < count; done += GROUP) {
    const inits = Array.from({ length: GROUP }, () => make(maker));
    const asked = await Promise.all(inits.map((init) => relay.fetchOpen(DOOR, init)));
    for (const [at, { response }] of asked.entries()) {
      const flaw = await flawOf(response);
      const sent = inits[at]?.body;
      if (flaw !== undefined)
        throw new Error(
          `seed ${seed}, ${flaw}: ${typeof sent === "string" ? JSON.stringify(sent).slice(0, 600) : "bytes"}`,
        );
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
    await Promise.all(asked.map(({ settled }) => settled));
  }
  expect(
    logged.filter((line) => line.includes('"level":"error"')),
    `seed ${seed}`,
  ).toEqual([]);
  return statuses;
}

describe("the relay's door", () => {
  it("answers 20,000 odd bodies without one 5xx", { timeout: 120_000 }, async () => {
    const statuses = await fuzz(BODIES, (maker) => ({
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${relay.callerToken}`,
        ...(maker.chance(0.2) ? { accept: "application/vnd.octopool.raw" } : {}),
      },
      body: textOf(maker.body()),
    }));
    for (const status of [400, 401, 403, 424]) expect(statuses.get(status), `${status}`).toBeGreaterThan(20);
  });

  it("answers random bytes, media types and credentials without one 5xx", { timeout: 60_000 }, async () => {
    const types = [
      "application/json",
      "application/json; charset=x",
      "text/plain",
      "",
      'a/b;c="',
      "application/JSON;;",
    ];
    const statuses = await fuzz(4_000, (maker) => ({
      method: "POST",
      headers: {
        "content-type": maker.pick(types),
        authorization: maker.pick([
          "",
          "Bearer",
          `Bearer ${relay.callerToken}`,
          "Bearer \t",
          "bearer  op_abcdefgh",
          `Basic ${"x".repeat(2_000)}`,
        ]),
        accept: maker.pick(["*/*", "application/vnd.octopool.raw", ";;,"]),
      },
      body: maker.chance(0.3) ? textOf(maker.body()) : maker.bytes(),
    }));
    for (const status of [400, 401, 415]) expect(statuses.get(status), `${status}`).toBeGreaterThan(20);
  });
});
