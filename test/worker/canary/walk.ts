/** One kind of identity fills every row of a group: cold, warm in each tier, stale, and renewed. What leaks is told. */
import { inject } from "vitest";
import type { RouteSpec } from "../../../shared/routes/spec.ts";
import { tokenOf } from "../../github/vocabulary.ts";
import { sanitizeJson } from "../../../server/relay/sanitize.ts";
import { OAUTH } from "../support/browser.ts";
import { ADMIN_TOKEN, type Envelope, TestRelay } from "../support/relay.ts";
import { hiddenAsksOf, isPlain, plainAskOf, vaultAsksOf, variantAsksOf, type CanaryAsk } from "./asks.ts";
import { enlist, GRADES, ORG_TOKEN, TOLD_MOST, whileUnable, type IdentityKind } from "./kinds.ts";
import { DASHBOARD, PLACES } from "./places.ts";

/** Tokens of GitHub, a JWT, a key: whatever their value. */
const SECRETS = /gh[pso]_[A-Za-z0-9]{20}|eyJ[\w-]{10,}\.[\w-]{10,}\.|PRIVATE KEY/;

/** Fewer than an identity may be asked at a time; copies ask nobody. */
const AT_A_TIME = 16;
const COPIES_AT_A_TIME = 96;
const OF_COPIES: ReadonlySet<string> = new Set(["knock", "warm", "edge", "stored", "stale"]);
/** Answers stay usable for at least this long after their end. */
const TOGETHER_MS = 60_000;

/** What one question was answered, and what everybody is told. */
export interface Filled {
  readonly served: Envelope | undefined;
  readonly publicly: unknown;
}

export interface Walked {
  /** Where the marker or a secret was found. */
  readonly leaks: readonly string[];
  /** `who path`: credentials that were sent the marker, so that it could have leaked. */
  readonly offered: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
  /** Of each row's plain question, by template. */
  readonly filled: ReadonlyMap<string, Filled>;
  /** Answers about the private repository other than a refusal. */
  readonly opened: readonly string[];
}

export class CanaryWalk {
  readonly relay = new TestRelay({ vars: { ...OAUTH, OCTOPOOL_GITHUB_ORG_TOKEN: ORG_TOKEN } });
  readonly #marker = `zebra${crypto.randomUUID().replaceAll("-", "")}`;
  readonly #kind: IdentityKind;
  readonly #logged: readonly string[];
  readonly #publicFirst: boolean;
  readonly #leaks: string[] = [];
  readonly #states = new Set<string>();
  readonly #filled = new Map<string, Filled>();
  readonly #opened: string[] = [];

  /**
   * @param logged whatever is written to the console, as it comes.
   * @param publicFirst everything is filled without a credential, and only renewed by the identity.
   */
  constructor(kind: IdentityKind, logged: readonly string[], publicFirst = false) {
    this.#kind = kind;
    this.#logged = logged;
    this.#publicFirst = publicFirst;
  }

  /** @param after asked one after the other once the rows are known. */
  async run(rows: readonly RouteSpec[], after: readonly CanaryAsk[] = []): Promise<Walked> {
    await this.#prepare();
    const plain = rows.map(plainAskOf);
    const asks = [...plain, ...rows.flatMap(hiddenAsksOf), ...rows.flatMap(variantAsksOf)];
    const first = await this.#askAll(asks, "cold");
    for (const [index, row] of rows.entries())
      this.#filled.set(row.template, { served: first[index], publicly: await this.#publicly(plain[index]) });
    for (const ask of after) await this.#ask(ask, "cold");
    await this.#knock(rows.flatMap(vaultAsksOf));
    await this.#askAll(asks, "warm");
    this.relay.newIsolate();
    await this.#askAll(asks, "edge");
    this.relay.newIsolate();
    this.relay.forgetEdge();
    const stored = await this.#askAll(asks, "stored");
    if (this.#publicFirst) await this.#endPublic(asks);
    await this.#outlive(
      asks,
      stored.map(({ relay }) => Date.parse(String(relay?.["cache_expires_at"]))),
    );
    return this.#report();
  }

  /** As the public's own answer is kept. A credential that belongs to nothing is told as much as nobody in particular. */
  async #publicly(ask: CanaryAsk | undefined): Promise<unknown> {
    const query = new URLSearchParams(Object.entries(ask?.query ?? {}).map(([key, value]) => [key, String(value)]));
    const response = await fetch(`${inject("standInUrl")}${ask?.path}?${query}`, {
      headers: { ...ask?.headers, authorization: `Bearer ${tokenOf("carol")}`, "user-agent": "canary" },
      redirect: "manual",
    });
    const text = await response.text();
    if (response.headers.get("content-type")?.includes("json") !== true) return undefined;
    const cleaned = sanitizeJson(text, "anonymous");
    return cleaned.kind === "clean" ? JSON.parse(cleaned.text) : undefined;
  }

  async #prepare(): Promise<void> {
    await this.relay.github.plantCanary({ marker: this.#marker, ...GRADES });
    await enlist(this.#kind, this.relay);
    await this.relay.seed({
      identities: [],
      login: "carol",
      policy: {
        allow_search: true,
        max_concurrent_per_caller: 1_000,
        fills_per_hour_per_caller: 100_000,
        negative_proofs_per_hour_per_caller: 10_000,
      },
    });
    await this.#givePublic(this.#publicFirst ? 50_000 : 0);
  }

  /** What the public is told is renewed without a credential as long as it is unchanged. */
  async #endPublic(asks: readonly CanaryAsk[]): Promise<void> {
    await this.#givePublic(0);
    for (const { path } of asks) await this.relay.github.touch(path);
  }

  /** So much is left of the anonymous budget. */
  async #givePublic(remaining: number): Promise<void> {
    for (const resource of ["core", "search", "code_search"] as const)
      await this.relay.github.setAnonymousQuota(resource, { limit: 50_000, remaining });
    this.relay.isolate.rates.clear();
  }

  /** Past their ends: served while nobody can be asked, and then renewed. Those that end together go together. */
  async #outlive(asks: readonly CanaryAsk[], ends: readonly number[]): Promise<void> {
    const ages = ends.map((end) => Math.ceil((end - Date.now()) / TOGETHER_MS));
    for (const age of [...new Set(ages)].toSorted((a, b) => a - b)) {
      if (Number.isNaN(age)) continue; // never stored
      const ended = asks.filter((_, index) => ages[index] === age);
      this.relay.offsetMs = Math.max(this.relay.offsetMs, age * TOGETHER_MS + 1_000);
      await whileUnable(this.relay, () => this.#askAll(ended, "stale"));
      await this.#askAll(ended, "renewed");
    }
  }

  /** Many at a time, so that they share the waits for what runs on behind an answer. */
  async #askAll(asks: readonly CanaryAsk[], phase: string): Promise<readonly Envelope[]> {
    const answers: Envelope[] = [];
    const atATime = OF_COPIES.has(phase) ? COPIES_AT_A_TIME : AT_A_TIME;
    for (let from = 0; from < asks.length; from += atATime) {
      const some = asks.slice(from, from + atATime).map((ask) => this.#ask(ask, phase));
      answers.push(...(await Promise.all(some)));
    }
    return answers;
  }

  async #ask(ask: CanaryAsk, phase: string): Promise<Envelope> {
    const { path, ...options } = ask;
    const isRaw = phase === "warm" || phase === "renewed";
    // What failed a moment ago would answer once more.
    const bound = phase === "renewed" ? { headers: { ...options.headers, "cache-control": "max-age=0" } } : {};
    const response = await this.relay.fetch(
      "/v1/github/request",
      this.relay.init(path, { ...options, ...bound, raw: isRaw }),
    );
    const headers = JSON.stringify([...response.headers]);
    // Diffs and files too: not everything says that it is text.
    const text = Buffer.from(await response.arrayBuffer()).toString("utf8");
    this.#look(`${phase} ${path} ${JSON.stringify(options)}`, `${headers}\n${text}`);
    if (isRaw) {
      this.#note(ask, phase, response.headers.get("x-octopool-cache") ?? String(response.status));
      return {} as Envelope;
    }
    const envelope = JSON.parse(text) as Envelope;
    const cache = envelope.relay?.["cache"];
    this.#note(ask, phase, typeof cache === "string" ? cache : (envelope.error?.details?.["reason"] ?? ""));
    return envelope;
  }

  /** Other media types than the plain one are told apart. */
  #note(ask: CanaryAsk, phase: string, state: string): void {
    this.#states.add(`${phase}:${state}`);
    if (!isPlain(ask)) this.#states.add(`${phase}:${state} of another media type`);
  }

  /** At the private repository's own door. */
  async #knock(asks: readonly CanaryAsk[]): Promise<void> {
    const answers = await this.#askAll(asks, "knock");
    for (const [index, { status, error }] of answers.entries()) {
      const reason = String(error?.details?.["reason"] ?? status);
      if (reason !== "repo_not_public") this.#opened.push(`${asks[index]?.path}: ${reason}`);
    }
  }

  #look(where: string, text: string): void {
    const at = text.indexOf(this.#marker);
    if (at !== -1)
      this.#leaks.push(`${where}: …${text.slice(Math.max(0, at - 80), at + 90).replaceAll(this.#marker, "MARKER")}…`);
    const secret = SECRETS.exec(text);
    if (secret !== null) this.#leaks.push(`${where}: ${secret[0].slice(0, 8)}…`);
    if (text.includes(ADMIN_TOKEN) || text.includes(this.relay.callerToken))
      this.#leaks.push(`${where}: a token of ours`);
  }

  async #report(): Promise<Walked> {
    const places = this.#kind === TOLD_MOST ? [...PLACES, DASHBOARD] : PLACES;
    for (const { name, read } of places) this.#look(name, await read(this.relay));
    this.#look("the log", this.#logged.join("\n"));
    const offers = await this.relay.github.canaryOffers();
    return {
      leaks: this.#leaks,
      offered: new Set(offers.map(({ credential, path }) => `${credential} ${path}`)),
      states: this.#states,
      filled: this.#filled,
      opened: this.#opened,
    };
  }
}
