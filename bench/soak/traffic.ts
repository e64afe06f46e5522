/** Mixed load: each client asks one thing after another, and every answer is judged. */
import { setTimeout as sleep } from "node:timers/promises";
import { LOCAL_POOL } from "../../scripts/local-seed.ts";
import type { Published } from "./published.ts";
import { ADMIN_TOKEN, REQUEST_TIMEOUT_MS, SECRETS, type SoakedRelay } from "./relay.ts";
import type { PhaseTally, Tally } from "./tally.ts";

/** What a private repository's pull says: nobody may read it. */
export const CANARY = "soak-canary-of-a-private-repository";
export const PRIVATE_PATH = "/repos/acme/secret/pulls/1";
/** Past its own deadline by this much on a busy machine, a relay has hung. */
const PATIENCE_MS = REQUEST_TIMEOUT_MS + 4_000;

export interface Phase {
  /** Whether the connection may break. */
  readonly mayBreak: boolean;
  /** Whether a refusal of a good read is a fault's doing. */
  readonly mayRefuse: boolean;
  readonly heedsPurges: boolean;
  /** False: a caller whom no memo knows cannot be looked up. Such a request is refused unvalidated and leaves no audit row. */
  readonly knowsCallers: boolean;
}

const OVERLOADED = '"reason":"relay_overloaded"';

export interface TrafficDeps {
  readonly relay: SoakedRelay;
  readonly published: Published;
  readonly tally: Tally;
  readonly random: () => number;
  /** The phase that is on, as this moment has it. */
  readonly phase: () => Phase;
  readonly isOver: () => boolean;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export class Client {
  readonly #deps: TrafficDeps;

  constructor(deps: TrafficDeps) {
    this.#deps = deps;
  }

  async run(): Promise<void> {
    while (!this.#deps.isOver()) await this.#next();
  }

  #next(): Promise<void> {
    const { random, published } = this.#deps;
    const path = published.paths[Math.floor(random() * published.paths.length)] ?? "";
    const choice = random();
    if (choice < 0.55) return this.#read(path, {});
    if (choice < 0.7) return this.#read(path, { maxAge: 0 });
    if (choice < 0.8) return this.#read(path, { maxAge: 3 });
    if (choice < 0.88) return this.#readRaw(path);
    if (choice < 0.92) return this.#refusal("private", PRIVATE_PATH, this.#deps.relay.token, [424]);
    if (choice < 0.95) return this.#refusal("denied", "/notifications", this.#deps.relay.token, [424]);
    if (choice < 0.97) return this.#refusal("stranger", path, "op_no_such_token_of_anybody_at_all", [401, 424]);
    return this.#look();
  }

  async #read(path: string, { maxAge }: { readonly maxAge?: number }): Promise<void> {
    const { published, relay } = this.#deps;
    const phase = this.#deps.phase();
    // A fault may begin while the answer is under way.
    const heeds = () => phase.heedsPurges && this.#deps.phase().heedsPurges;
    const bound = published.boundOf(path, maxAge === undefined ? {} : { maxAge });
    const headers = maxAge === undefined ? {} : { headers: { "cache-control": `max-age=${maxAge}` } };
    await this.#ask(
      "/v1/github/request",
      relay.token,
      { pool: LOCAL_POOL, method: "GET", path, ...headers },
      {},
      (answer, tallied) => {
        if (answer.status !== 200) return this.#refused(answer, phase, tallied, path);
        const said = JSON.parse(answer.text) as { status?: number; body?: unknown; relay?: { cache?: string } };
        const complaint =
          said.status === 200
            ? published.complaint(bound, said.body, heeds())
            : `${path}: GitHub's status ${said.status}`;
        if (complaint !== undefined) this.#deps.tally.addWrong(tallied, complaint);
        return said.relay?.cache ?? "no cache status";
      },
    );
  }

  async #readRaw(path: string): Promise<void> {
    const { published, relay } = this.#deps;
    const phase = this.#deps.phase();
    // A fault may begin while the answer is under way.
    const heeds = () => phase.heedsPurges && this.#deps.phase().heedsPurges;
    const bound = published.boundOf(path);
    const accept = { accept: "application/vnd.octopool.raw" };
    await this.#ask(
      "/v1/github/request",
      relay.token,
      { pool: LOCAL_POOL, method: "GET", path },
      accept,
      (answer, tallied) => {
        if (answer.headers.get("x-octopool-answer") !== "github") return this.#refused(answer, phase, tallied, path);
        const complaint = published.complaint(bound, JSON.parse(answer.text), heeds());
        if (complaint !== undefined) this.#deps.tally.addWrong(tallied, complaint);
        return `raw ${answer.headers.get("x-octopool-cache") ?? ""}`;
      },
    );
  }

  /** A good read that was not served: a fault may do that, always with a reason that lets the caller go on. */
  #refused({ status, text }: Answer, phase: Phase, tallied: PhaseTally, path: string): string {
    const { error } = JSON.parse(text) as { error?: { code?: string; details?: { reason?: string } } };
    const reason = error?.details?.reason;
    if (status !== 424 || reason === undefined || !(phase.mayRefuse || this.#deps.phase().mayRefuse)) {
      this.#deps.tally.addWrong(tallied, `${path} answered ${status}: ${text.slice(0, 300)}`);
    }
    return `fallback:${reason ?? error?.code ?? status}`;
  }

  async #refusal(kind: string, path: string, token: string, statuses: readonly number[]): Promise<void> {
    await this.#ask("/v1/github/request", token, { pool: LOCAL_POOL, method: "GET", path }, {}, (answer, tallied) => {
      const isRight = statuses.includes(answer.status);
      if (!isRight)
        this.#deps.tally.addWrong(tallied, `${kind} ${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      return `${kind}:${answer.status}`;
    });
  }

  /** Doors that people and probes look through: they may say that something fails, never fail themselves. */
  async #look(): Promise<void> {
    const door = this.#deps.random() < 0.5 ? "/v1/status" : "/metrics";
    await this.#ask(door, ADMIN_TOKEN, undefined, {}, (answer, tallied) => {
      const isRight = answer.status === 200 || (door === "/v1/status" && answer.status === 503);
      if (!isRight)
        this.#deps.tally.addWrong(tallied, `${door} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      return `${door} ${answer.status}`;
    });
  }

  async #ask(
    door: string,
    token: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
    judge: (answer: Answer, tallied: PhaseTally) => string,
  ): Promise<void> {
    const { relay, tally } = this.#deps;
    const [phase, tallied] = [this.#deps.phase(), tally.phase];
    const began = performance.now();
    try {
      const response = await relay.send(body === undefined ? "GET" : "POST", door, token, body, headers);
      const answer = { status: response.status, text: await response.text(), headers: response.headers };
      const ms = performance.now() - began;
      this.#watchForLeaks(answer, door);
      tally.count(tallied, judge(answer, tallied), ms);
      if (ms > PATIENCE_MS) tally.addWrong(tallied, `${door} took ${Math.round(ms)} ms`);
      const id = answer.headers.get("x-octopool-request-id");
      const isKnown = (phase.knowsCallers && this.#deps.phase().knowsCallers) || !answer.text.includes(OVERLOADED);
      const owesRow = door === "/v1/github/request" && answer.status !== 401 && token === relay.token;
      if (owesRow && isKnown && id !== null) tally.answered.push({ id, phase: tallied.name, at: Date.now() });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      tally.count(tallied, "broken", performance.now() - began);
      if (!phase.mayBreak && !this.#deps.phase().mayBreak)
        tally.addWrong(tallied, `the connection broke: ${String(error.cause)}`);
      await sleep(20); // nobody listens for a moment
    }
  }

  #watchForLeaks({ text, headers }: Answer, door: string): void {
    const all = `${text}\n${[...headers].join("\n")}`;
    for (const secret of [...SECRETS, CANARY])
      if (all.includes(secret)) this.#deps.tally.addLeak(`${door} answered with ${secret.slice(0, 12)}…`);
  }
}

/** GitHub moves on, and operators purge what did: an acknowledged purge binds every read that begins after it. */
export async function publishing({ relay, published, random, phase, isOver }: TrafficDeps): Promise<void> {
  while (!isOver()) {
    const path = published.paths[Math.floor(random() * published.paths.length)] ?? "";
    await published.publish(path);
    if (phase().heedsPurges && random() < 0.5) {
      await published.purged(path, async () => {
        const purged = await relay
          .send("POST", `/v1/admin/pools/${LOCAL_POOL}/purge`, ADMIN_TOKEN, { path })
          .catch(() => undefined);
        await purged?.arrayBuffer();
        return purged?.status === 200;
      });
    }
    await sleep(60);
  }
}
