/** Of a burst on a key that this isolate never found at its edge, one looks there. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { EdgeLooks } from "../../../server/relay/edge-looks.ts";
import { TestRelay } from "../support/relay.ts";

/** Longer than any test: who waits so long waits for the look, and not for the time. */
const LONG_MS = 60_000;

describe("who comes while another looks", () => {
  let at = 1_000;
  const now = () => at;
  beforeEach(() => (at = 1_000));

  function held(looks: EdgeLooks, cacheKey = "a") {
    let end: (found: string | undefined) => void = () => undefined;
    const gate = new Promise<string | undefined>((resolve) => (end = resolve));
    return { end: (found: string | undefined) => end(found), look: looks.look(cacheKey, () => gate, now) };
  }

  it("waits until that look has ended", async () => {
    const looks = new EdgeLooks(LONG_MS);
    const first = held(looks);
    const ended: string[] = [];
    const waiting = looks.waited("a", now).then(() => ended.push("the wait"));
    const looking = first.look.then(() => ended.push("the look"));
    first.end(undefined);
    await Promise.all([waiting, looking]);
    expect(ended).toEqual(["the look", "the wait"]);
  });

  it("waits for nobody where nobody looks, or looks for something else", async () => {
    const looks = new EdgeLooks(LONG_MS);
    expect(await looks.waited("a", now)).toBe(false);
    const other = held(looks, "b");
    expect(await looks.waited("a", now)).toBe(false);
    other.end(undefined);
    await other.look;
    expect(await looks.waited("b", now)).toBe(false);
  });

  it("waits for nobody where a copy was found before, until the next look finds none", async () => {
    const looks = new EdgeLooks(LONG_MS);
    await looks.look("a", async () => "copy", now);
    const next = held(looks);
    expect(await looks.waited("a", now)).toBe(false);
    next.end(undefined);
    await next.look;
    const last = held(looks);
    const waiting = looks.waited("a", now);
    last.end(undefined);
    expect(await waiting).toBe(true);
  });

  it("waits for nobody where a copy was put there", async () => {
    const looks = new EdgeLooks(LONG_MS);
    looks.kept("a");
    const next = held(looks);
    expect(await looks.waited("a", now)).toBe(false);
    next.end("copy");
    expect(await next.look).toBe("copy");
  });

  it("looks for itself where the other's look never ends", async () => {
    const looks = new EdgeLooks(LONG_MS);
    held(looks);
    const waiting = looks.waited("a", now);
    at += LONG_MS;
    expect(await waiting).toBe(true);
    expect(await looks.waited("a", now)).toBe(false);
    expect(await looks.look("a", async () => "copy", now)).toBe("copy");
  });

  it("is not held up by a look that failed", async () => {
    const looks = new EdgeLooks(LONG_MS);
    const trouble = new Error("the edge is in trouble");
    await expect(looks.look("a", () => Promise.reject(trouble), now)).rejects.toThrow(trouble);
    expect(await looks.waited("a", now)).toBe(false);
  });
});

describe("a burst", () => {
  const PATH = "/repos/acme/widget/pulls/7";
  let relay: TestRelay;
  beforeEach(async () => {
    relay = new TestRelay({ edgeWaitMs: LONG_MS });
    await relay.github.reset();
    await relay.seed();
    await relay.ask("/repos/acme/widget/pulls/8");
    relay.edgeLooks = 0;
  });

  const burst = async () => (await Promise.all(Array.from({ length: 20 }, () => relay.ask(PATH)))).map(cacheOf);
  const cacheOf = ({ envelope }: Awaited<ReturnType<TestRelay["ask"]>>) => envelope.relay["cache"];

  it("on a cold key looks at the edge once and asks GitHub once", async () => {
    await relay.github.gate("pull", { path: PATH });
    const asked = burst();
    await relay.github.waitFor(1, { path: PATH });
    expect(relay.edgeLooks).toBe(1);
    await relay.github.release("pull");
    await asked;
    expect(await relay.reads(PATH)).toHaveLength(1);
  });

  it("on a key that only the edge has looks once, and all of it is hits without a coordinator", async () => {
    await relay.ask(PATH);
    relay.newIsolate();
    await relay.ask("/repos/acme/widget/pulls/8");
    const coordinator = () => Promise.reject(new Error("no hit needs it"));
    relay.setBindings({ POOL_COORDINATOR: { idFromName: () => "", get: () => ({ begin: coordinator }) } });
    relay.edgeLooks = 0;
    expect(new Set(await burst())).toEqual(new Set(["hit"]));
    expect(relay.edgeLooks).toBe(1);
    const { results } = await env.DB.prepare("SELECT detail FROM audit_events").all<{ detail: string }>();
    expect(results.filter(({ detail }) => /M\d*\(waited\)/.test(detail))).toHaveLength(19);
  });

  it("on a copy that memory has just let go looks at once, each for itself", async () => {
    await relay.ask(PATH);
    relay.later(6_000);
    relay.edgeLooks = 0;
    const { promise: allLook, resolve } = Promise.withResolvers<void>();
    relay.whileLooking = () => {
      if (relay.edgeLooks === 20) resolve();
      return allLook;
    };
    expect(new Set(await burst())).toEqual(new Set(["hit"]));
    expect(relay.edgeLooks).toBe(20);
  });
});
