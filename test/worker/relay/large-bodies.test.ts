/** Bodies too large to be handed to followers: stored before anyone is told, and told truly where they lie. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { FinishReport } from "../../../server/coordinator/protocol.ts";
import { TestRelay } from "../support/relay.ts";

const PATH = "/repos/acme/widget/contents/noise.txt";
const HEADERS = { accept: "application/vnd.github.raw+json" };
/** Over the 512 KiB of a handed-over body; its compressed form is over a row's 256 KiB as well. */
const NOISE = Array.from({ length: 60_000 }, () => Math.random().toString(36).slice(2)).join("\n");

/** The real coordinator; what it is told of finished fills is noted. */
function overheard(): { readonly binding: object; readonly told: () => readonly string[] } {
  const reports: FinishReport[] = [];
  const { POOL_COORDINATOR: real } = env;
  const cover = (stub: object) =>
    new Proxy(stub, {
      get:
        (_, door: string) =>
        (...given: readonly never[]) => {
          if (door === "finish") reports.push(...given);
          return (stub as Record<string, (...given: readonly never[]) => unknown>)[door]?.(...given);
        },
    });
  const binding = {
    idFromName: (name: string) => real.idFromName(name),
    get: (id: DurableObjectId) => cover(real.get(id)),
  };
  const isFill = ({ fillKey }: FinishReport) => !fillKey.startsWith("proof:");
  return { binding, told: () => reports.filter(isFill).map(({ outcome }) => outcome.kind) };
}

const brokenBucket = new Proxy(env.ACTIONS_LOGS, {
  get: (bucket, name) =>
    name === "put" ? () => Promise.reject(new Error("R2 is down")) : Reflect.get(bucket, name).bind(bucket),
});

describe("a body too large to hand over", () => {
  let relay: TestRelay;
  let coordinator: ReturnType<typeof overheard>;
  const bind = (other: TestRelay, more: Readonly<Record<string, unknown>> = {}) =>
    other.setBindings({ POOL_COORDINATOR: coordinator.binding, ...more });
  const ask = (of: TestRelay) => of.ask(PATH, { headers: HEADERS });
  const rows = () =>
    env.DB.prepare("SELECT count(*) AS rows FROM github_cache_entries WHERE path = ?").bind(PATH).first<number>("rows");

  /** Twenty askers, of whom all but the leader wait for an answer that is held back. */
  const askTogether = async (others: readonly TestRelay[]) => {
    await relay.github.gate("noise", { path: PATH });
    const first = ask(relay);
    await relay.github.waitFor(1, { path: PATH });
    const rest = others.map(ask);
    await relay.github.release("noise");
    return Promise.all([first, ...rest]);
  };

  beforeEach(async () => {
    coordinator = overheard();
    relay = new TestRelay();
    await relay.github.reset();
    await relay.seed();
    await relay.ask("/repos/acme/widget/topics"); // caller, pool and proof are known from here on
    const reply = { path: PATH, status: 200, content_type: "text/plain; charset=utf-8", body_text: NOISE };
    await relay.github.script([{ ...reply, instead: true }]);
    bind(relay);
  });

  it("is stored first, and its followers read it from there", async () => {
    const answers = await askTogether(Array.from({ length: 19 }, () => relay));
    expect(answers.map(({ envelope }) => envelope.body === NOISE)).toEqual(answers.map(() => true));
    expect(coordinator.told()).toEqual(["shared"]);
    expect(await relay.reads(PATH)).toHaveLength(1);
    expect(await rows()).toBe(1);
  });

  it("reaches followers in another data centre out of the stores", async () => {
    const elsewhere = new TestRelay();
    elsewhere.callerToken = relay.callerToken;
    bind(elsewhere);
    const answers = await askTogether([elsewhere, elsewhere]);
    expect(answers.map(({ envelope }) => envelope.body === NOISE)).toEqual([true, true, true]);
    expect(await relay.reads(PATH)).toHaveLength(1);
  });

  it("is at the edge only where R2 fails, and followers here read it there", async () => {
    bind(relay, { ACTIONS_LOGS: brokenBucket });
    const answers = await askTogether(Array.from({ length: 19 }, () => relay));
    expect(answers.map(({ envelope }) => envelope.body === NOISE)).toEqual(answers.map(() => true));
    expect(coordinator.told()).toEqual(["edge_only"]);
    expect(await relay.reads(PATH)).toHaveLength(1);
    expect(await rows()).toBe(0);
  });

  it("is fetched once more by another data centre, whose edge has nothing", async () => {
    const elsewhere = new TestRelay();
    elsewhere.callerToken = relay.callerToken;
    for (const one of [relay, elsewhere]) bind(one, { ACTIONS_LOGS: brokenBucket });
    const answers = await askTogether([elsewhere, elsewhere, elsewhere]);
    expect(answers.map(({ envelope }) => envelope.body === NOISE)).toEqual([true, true, true, true]);
    expect(coordinator.told()).toEqual(["edge_only", "edge_only"]);
    expect(await relay.reads(PATH)).toHaveLength(2);
  });
});
