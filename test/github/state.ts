import { randomBytes } from "node:crypto";
import { AnswerCache } from "./answer-cache.ts";
import type { Ask, Transfer } from "./ask.ts";
import { Disturbances } from "./disturbances.ts";
import { QuotaLedger } from "./quota.ts";
import { RequestLog } from "./request-log.ts";
import { ScriptBook } from "./script-book.ts";
import type { Seed } from "./seed.ts";
import type { ScriptedAnswer } from "./vocabulary.ts";
import { World } from "./world.ts";

/** Everything a stand-in remembers. A reset makes the parts anew; the log and held requests outlive none of it. */
export class StandInState {
  readonly #clock: () => number;
  readonly #seed: Seed | undefined;
  #advancedMs = 0;
  world: World;
  quota: QuotaLedger;
  readonly log = new RequestLog();
  readonly scripts = new ScriptBook();
  readonly disturbances = new Disturbances();
  readonly answers = new AnswerCache();
  /** OAuth codes handed out and not yet exchanged, by code: whose they are. */
  readonly oauthCodes = new Map<string, string>();

  /** `clock`: epoch milliseconds. */
  constructor(clock: () => number, seed?: Seed) {
    this.#clock = clock;
    this.#seed = seed;
    this.world = new World(seed);
    this.quota = new QuotaLedger(() => this.now());
  }

  now(): number {
    return this.#clock() + this.#advancedMs;
  }

  advanceClock(ms: number): void {
    this.#advancedMs += ms;
  }

  reset(): void {
    this.#advancedMs = 0;
    this.world = new World(this.#seed);
    this.quota = new QuotaLedger(() => this.now());
    this.log.clear();
    this.scripts.clear();
    this.disturbances.clear();
    this.answers.clear();
    this.oauthCodes.clear();
  }

  /** What GitHub sends beside the answer itself, cookies and token scopes among it: none of it may leave a relay. */
  apiHeaders({ credential }: Ask, mediaFormat = "json"): Record<string, string> {
    const isUser = credential.kind === "user";
    const scopes = isUser ? credential.token.scopes : null;
    const format = mediaFormat === "json" ? "format=json" : `param=${mediaFormat}`;
    return {
      ...FIXED_HEADERS,
      "cache-control": `${isUser ? "private" : "public"}, max-age=60, s-maxage=60`,
      vary: isUser
        ? "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, Accept, X-Requested-With"
        : "Accept, Accept-Encoding, Accept, X-Requested-With",
      "x-github-media-type": `github.v3; ${format}`,
      "x-github-request-id": requestId(),
      ...(scopes === null ? {} : { "x-oauth-scopes": scopes.join(", "), "x-accepted-oauth-scopes": "repo" }),
      ...(isUser && scopes === null ? { "github-authentication-token-expiration": "2030-01-01 00:00:00 UTC" } : {}),
    };
  }

  /** A script's own headers, lower-cased, placeholders filled. */
  scriptHeaders(script: ScriptedAnswer, { origin }: Ask): Record<string, string> {
    return Object.fromEntries(
      Object.entries(script.headers ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        value.replaceAll("${github_api}", origin).replaceAll("${github_web}", origin),
      ]),
    );
  }

  scriptTransfer(script: ScriptedAnswer): { transfer?: Transfer } {
    if (script.fail === undefined) return {};
    const transfer: Transfer =
      script.fail === "slow" ? { kind: "slow", chunkBytes: 1024, everyMs: 20 } : { kind: script.fail };
    return { transfer };
  }
}

const FIXED_HEADERS = {
  server: "github.com",
  "set-cookie": "_gh_stand_in=noise; path=/; secure; HttpOnly",
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset",
  "content-security-policy": "default-src 'none'",
  "referrer-policy": "origin-when-cross-origin, strict-origin-when-cross-origin",
  "strict-transport-security": "max-age=31536000; includeSubdomains; preload",
  "x-content-type-options": "nosniff",
  "x-frame-options": "deny",
  "x-github-api-version-selected": "2022-11-28",
  "x-xss-protection": "0",
} as const;

let requests = 0;
const PROCESS = randomBytes(4).toString("hex").toUpperCase();

/** GitHub's shape: five groups of upper-case hex. Unique in this process. */
function requestId(): string {
  const count = (++requests).toString(16).toUpperCase();
  return `C0DE:${count.padStart(6, "0")}:${PROCESS.slice(0, 6)}:${count.padStart(7, "0")}:${PROCESS}`;
}
