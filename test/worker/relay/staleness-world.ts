/** A relay, GitHub's truth over time, and random steps through both: see staleness-model.test.ts. */
import { deliver, SECRET } from "../http/webhook-sender.ts";
import { type Held, HeldD1 } from "../support/held-d1.ts";
import { POOL, TestRelay } from "../support/relay.ts";

const PATHS = ["/repos/acme/widget/pulls/7", "/repos/acme/widget/issues/8", "/repos/acme/widget/labels"] as const;
type Path = (typeof PATHS)[number];
/** Fresh and stale seconds of these rows (routes.csv): open pull, open issue, slow list. */
const ENDS: Record<Path, number> = {
  "/repos/acme/widget/pulls/7": 120 + 3600,
  "/repos/acme/widget/issues/8": 300 + 3600,
  "/repos/acme/widget/labels": 300 + 3600,
};
/** The same where webhooks cover the repository. */
const COVERED_ENDS: Record<Path, number> = {
  "/repos/acme/widget/pulls/7": 300 + 3600,
  "/repos/acme/widget/issues/8": 300 + 3600,
  "/repos/acme/widget/labels": 3600 + 3600,
};
const FULL_NAME = { repository: { full_name: "acme/widget" } };
/** What GitHub says when it changed. */
const EVENTS: Record<Path, { readonly event: string; readonly payload: object }> = {
  "/repos/acme/widget/pulls/7": { event: "pull_request", payload: { action: "edited", pull_request: { number: 7 } } },
  "/repos/acme/widget/issues/8": { event: "issues", payload: { action: "edited", issue: { number: 8 } } },
  "/repos/acme/widget/labels": { event: "label", payload: { action: "edited" } },
};
const PING = { hook: { type: "Repository", active: true, events: ["*"] }, ...FULL_NAME };
const KEYS: Record<Path, string> = {
  "/repos/acme/widget/pulls/7": "pull:acme/widget#7",
  "/repos/acme/widget/issues/8": "issue:acme/widget#8",
  "/repos/acme/widget/labels": "labels:acme/widget",
};
const BOUNDS = [undefined, undefined, 0, 5, 60, 600] as const;
const MEMO_MS = 30_000;
const COVERED_MEMO_MS = 2_000;

/** mulberry32: small, seeded, good enough to choose steps. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Where D1 is slow while other things happen: before it looks, with what it saw on its way back, before it stores. */
const SLOW = [
  { part: 'from "github_cache_entries"', when: "before" },
  { part: 'from "github_cache_entries"', when: "after" },
  { part: 'insert into "github_cache_entries"', when: "before" },
  { part: 'update "github_cache_entries"', when: "before" },
] as const;

export class World {
  readonly #d1 = new HeldD1();
  readonly relay = new TestRelay({
    vars: { PUBLIC_REPO_TTL_SECONDS: "86400", GITHUB_WEBHOOK_SECRET: SECRET },
    bindings: { DB: this.#d1.binding },
  });
  readonly #covered: boolean;
  readonly #random: () => number;
  readonly #isolates: ReturnType<TestRelay["isolateNow"]>[] = [];
  /** When each version became GitHub's, on the relay's clock; the index is the version. */
  readonly #since = new Map<Path, number[]>(PATHS.map((path) => [path, []]));
  readonly #purgedAt = new Map<Path, number>();
  /** By the isolate that did it, in which a purge binds at once. */
  readonly #purgedIn = new Map<ReturnType<TestRelay["isolateNow"]>, Map<Path, number>>();
  readonly history: string[] = [];
  #isPooled = false;
  #wasDown = false;
  #down = false;
  #upSince = 0;

  /** @param covered the repository's events reach the relay, and end what an operator would purge otherwise. */
  constructor(seed: number, covered: boolean) {
    this.#random = randomFrom(seed);
    this.#covered = covered;
  }

  #now(): number {
    return Date.now() + this.relay.offsetMs;
  }

  #pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.#random() * among.length)] as T;
  }

  async open(): Promise<void> {
    await this.relay.github.reset();
    await this.relay.seed();
    // Half of the worlds are read by an identity, whose copies are renewed by 304s.
    this.#isPooled = this.#random() < 0.5;
    if (this.#isPooled) await this.relay.spendAnonymousQuota();
    if (this.#covered) await this.#deliver("ping", PING);
    await this.relay.ask("/repos/acme/widget/topics"); // proves the repository public, before any outage
    this.#isolates.push(this.relay.isolateNow());
    this.relay.newIsolate();
    this.#isolates.push(this.relay.isolateNow());
    for (const path of PATHS) await this.#change(path);
  }

  async step(): Promise<void> {
    const chance = this.#random();
    if (chance < 0.4) return this.#read(this.#pick(PATHS), this.#pick(BOUNDS));
    if (chance < 0.5) return this.#cross();
    if (chance < 0.65) return this.#wait(this.#pick([500, 3_000, 31_000, 130_000, 900_000, 4_000_000]));
    if (chance < 0.8) return this.#change(this.#pick(PATHS));
    if (chance < 0.88) return this.#outage();
    if (chance < 0.94) return this.#purge(this.#pick(PATHS));
    this.relay.use(this.#pick(this.#isolates));
    this.history.push("other isolate");
  }

  /** A read whose statement D1 is slow about, up to three steps meanwhile, and a second read that must know of them. */
  async #cross(): Promise<void> {
    const { part, when } = this.#pick(SLOW);
    const held: Held = this.#d1.hold(part, when);
    this.history.push(`held ${when} ${part}`);
    const path = this.#pick(PATHS);
    const reading = this.#read(path, this.#pick(BOUNDS));
    const isHeld = await Promise.race([held.reached.then(() => true), reading.then(() => false)]);
    if (isHeld) for (let steps = Math.floor(this.#random() * 4); steps > 0; steps--) await this.#meanwhile(path);
    held.release();
    this.history.push("released");
    await reading;
    await this.#read(path, undefined);
  }

  /** Nothing that would wait for the statement that is held, nor longer than a request may take. */
  async #meanwhile(path: Path): Promise<void> {
    const chance = this.#random();
    if (chance < 0.4) return this.#change(path);
    if (chance < 0.8) return this.#purge(path);
    if (chance < 0.9) return this.#wait(this.#pick([500, 2_100]));
    this.relay.use(this.#pick(this.#isolates));
    this.history.push("other isolate");
  }

  /** @throws Error with every step that led there. */
  #claim(holds: boolean, said: string): void {
    if (!holds) throw new Error(`${said}\n${this.history.join("\n")}`);
  }

  #wait(ms: number): void {
    this.relay.later(ms);
    this.history.push(`wait ${ms}`);
  }

  async #change(path: Path): Promise<void> {
    const since = this.#since.get(path) ?? [];
    const version = since.length;
    await this.#script(path, version);
    since.push(this.#now());
    this.history.push(`change ${path} to ${version}`);
  }

  async #script(path: Path, version: number): Promise<void> {
    // In fields that the public is known to see, so that an identity's answer keeps them.
    const body = path.endsWith("labels") ? [{ name: `${version}` }] : { title: `${version}`, state: "open", number: 7 };
    await this.relay.github.script([
      { path, status: 200, body, headers: { etag: `W/"${path} ${version}"` }, instead: true },
    ]);
  }

  async #outage(): Promise<void> {
    this.#down = !this.#down;
    this.#wasDown = true;
    if (this.#down) await this.relay.github.addFault({ kind: "status", status: 502 });
    else {
      await this.relay.github.clearFaults();
      this.#upSince = this.#now();
    }
    this.history.push(this.#down ? "GitHub down" : "GitHub up");
  }

  async #purge(path: Path): Promise<void> {
    if (this.#covered) await this.#deliver(EVENTS[path].event, { ...EVENTS[path].payload, ...FULL_NAME });
    else {
      const response = await this.relay.admin("POST", `/v1/admin/pools/${POOL}/purge`, { keys: [KEYS[path]] });
      this.#claim(response.status === 200, "a purge is accepted");
    }
    this.#purgedAt.set(path, this.#now());
    const isolate = this.relay.isolateNow();
    this.#purgedIn.set(isolate, (this.#purgedIn.get(isolate) ?? new Map<Path, number>()).set(path, this.#now()));
    this.history.push(`purge ${path}`);
  }

  async #deliver(event: string, payload: object): Promise<void> {
    const { status } = await deliver(this.relay, payload, { event });
    this.#claim(status === 202, "a delivery is accepted");
  }

  async #read(path: Path, bound: number | undefined): Promise<void> {
    const began = this.#now();
    const purgedAt = this.#purgedAt.get(path);
    const purgedHere = this.#purgedIn.get(this.relay.isolateNow())?.get(path);
    const { http, envelope } = await this.relay.ask(
      path,
      bound === undefined ? {} : { headers: { "cache-control": `max-age=${bound}` } },
    );
    this.history.push(`read ${path} ${bound ?? ""} -> ${http} ${JSON.stringify(envelope.relay ?? envelope.error)}`);
    if (http !== 200) {
      // Refused only where GitHub could not be asked, or could not a second ago: one failure answers a burst.
      const unreachable = this.#down || began - this.#upSince <= 1_000;
      const reason = envelope.error?.details?.["reason"];
      // After failures the identity rests, by the coordinator's clock, which nobody moves.
      const rests = this.#isPooled && this.#wasDown && reason === "identities_cooling_down";
      this.#claim(rests || (unreachable && reason === "github_unavailable"), "a refusal has its cause");
      return;
    }
    const [facts] = [envelope.body].flat() as { title?: string; name?: string }[];
    const version = Number(facts?.title ?? facts?.name);
    this.#claim(Number.isInteger(version), `a version was expected, not ${JSON.stringify(envelope.body)}`);
    const since = this.#since.get(path) ?? [];
    // GitHub had this version last just before the next one came; until now, if none did.
    const lastTrue = since[version + 1] ?? began;
    const ends = this.#covered ? COVERED_ENDS : ENDS;
    const allowed = Math.min(bound ?? Infinity, ends[path]) * 1000;
    this.#claim(began - lastTrue <= allowed, `an answer is at most ${allowed} ms old, not ${began - lastTrue}`);
    if (purgedHere !== undefined) this.#claim(lastTrue >= purgedHere, "a purge binds its own isolate at once");
    if (purgedAt !== undefined && began > purgedAt + (this.#covered ? COVERED_MEMO_MS : MEMO_MS)) {
      this.#claim(lastTrue >= purgedAt, "a purged copy never returns");
    }
  }
}
