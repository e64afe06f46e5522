/** A relay of its own for one bar, with a stand-in GitHub of its own and the doors that move its clock. */
import { fileURLToPath } from "node:url";
import { tokenOf } from "../test/github/client.ts";
import { heldAfterCollection, type Held } from "./heap.ts";
import { startWorkers, type Workers } from "./miniflare.ts";
import { Setting, varsFor } from "./setting.ts";
import { startStandInProcess } from "./stand-in.ts";

export interface Counts {
  /** D1 statements that wrote, since the start. */
  readonly writes: number;
  /** D1 statements that read. */
  readonly reads: number;
  /** Whose tokens the isolate remembers. */
  readonly callers: number;
  readonly audit: {
    readonly buffered: number;
    readonly saved: number;
    readonly lost: number;
    readonly attempts: number;
  };
  readonly memoryBytes: number;
  /** The most that the coordinator held of finished fills. */
  readonly outcomeBytes: number;
}

const ENTRY = fileURLToPath(new URL("worker/simulated.ts", import.meta.url));
export const POOL = "maintainers";

export class Simulation {
  readonly setting: Setting;
  readonly #workers: Workers;
  readonly #token: string;

  private constructor(setting: Setting, workers: Workers, token: string) {
    this.setting = setting;
    this.#workers = workers;
    this.#token = token;
  }

  /** Runs `work` with a fresh relay and ends both processes after it, whatever happens. */
  static async run<T>(
    vars: Readonly<Record<string, string>>,
    work: (simulation: Simulation) => Promise<T>,
    isInspected = false,
  ): Promise<T> {
    const standIn = await startStandInProcess();
    try {
      const workers = await startWorkers(ENTRY, { ...varsFor(standIn.url), ...vars }, isInspected);
      try {
        const setting = await Setting.make(workers, standIn);
        return await work(new Simulation(setting, workers, await logIn(workers.url)));
      } finally {
        await workers.stop();
      }
    } finally {
      await standIn.stop();
    }
  }

  /** The relay's and the stand-in's clocks go on by `ms`. */
  async moveClock(ms: number): Promise<void> {
    await Promise.all([this.door("move-clock", { ms }), this.setting.standIn.client.advanceClock(ms)]);
  }

  async counts(): Promise<Counts> {
    return (await this.door("counts", {})) as Counts;
  }

  /** Of the relay's isolate, its Durable Object included. Only where it is inspected. */
  async held(): Promise<Held> {
    const { inspector } = this.#workers;
    if (inspector === undefined) throw new Error("this simulation is not inspected");
    return heldAfterCollection(inspector, "octopool", () => this.counts());
  }

  /** Rows of each statement, run in one batch. */
  async sql(...statements: readonly string[]): Promise<readonly (readonly Readonly<Record<string, unknown>>[])[]> {
    return (await this.door("sql", { statements })) as readonly (readonly Readonly<Record<string, unknown>>[])[];
  }

  /** A read whose answer may be a refusal. */
  async ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const ask = { pool: POOL, method: "GET", path };
    const response = await this.#send("POST", "/v1/github/request", JSON.stringify(ask));
    return { status: response.status, text: await response.text() };
  }

  /** A caller's statistics, as text. */
  async stats(since: string): Promise<string> {
    const response = await this.#send("GET", `/v1/pools/${POOL}/stats?since=${since}`, null);
    return response.text();
  }

  /** @throws Error with what the door said, where it failed. */
  async door(name: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.setting.url}/__bench/${name}`, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`door ${name} answered ${response.status}: ${text.slice(0, 300)}`);
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  }

  #send(method: string, door: string, body: string | null): Promise<Response> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${this.#token}` };
    return fetch(this.setting.url + door, { method, headers, body });
  }
}

/** A client of its own of the bench's first caller. */
async function logIn(url: string): Promise<string> {
  const exchange = { github_token: tokenOf("carol"), pool: POOL, client_name: "simulation" };
  const response = await fetch(`${url}/v1/login/github-cli`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(exchange),
  });
  return ((await response.json()) as { readonly token: string }).token;
}
