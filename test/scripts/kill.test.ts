import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureBuilt } from "../../scripts/build-worker.ts";
import { StandInClient } from "../github/client.ts";
import { startStandIn } from "../github/server.ts";
import { KillableRelay } from "./support/killable-relay.ts";

const PATIENCE_MS = 120_000;
const PATH = "/repos/octocat/hello-world/pulls/1347";
const OTHER = "/repos/octocat/hello-world/pulls/1348";

let standIn: Awaited<ReturnType<typeof startStandIn>>;
let github: StandInClient;
let relay: KillableRelay;
let place = "";

/** GitHub's version of both pulls from now on. */
async function publish(title: string): Promise<void> {
  const body = { number: 1347, state: "open", mergeable: true, merged: false, merged_at: null, title };
  await github.script([PATH, OTHER].map((path) => ({ path, instead: true, body })));
}

/** The answer's status or version, or that the connection broke. */
async function outcomeOf<T>(asked: Promise<T>): Promise<T | "broken"> {
  return asked.catch(() => "broken" as const);
}

beforeAll(() => ensureBuilt(), PATIENCE_MS);

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "octopool-kill-"));
  standIn = await startStandIn({ port: 0 });
  github = new StandInClient(standIn.url);
  relay = new KillableRelay(standIn.url, join(place, "state"));
  await relay.start();
  await publish("version 1");
}, PATIENCE_MS);

afterEach(async () => {
  await relay.stop();
  await standIn.close();
  await rm(place, { recursive: true, force: true });
});

describe("workerd is killed", { timeout: PATIENCE_MS }, () => {
  it("during a fill: the next life asks GitHub itself, at once, and with a higher fence", async () => {
    await relay.read(OTHER);
    const before = await relay.fenceOf(OTHER);
    await github.gate("fill", { path: PATH });
    const asked = outcomeOf(relay.read(PATH));
    await github.waitFor(1, { path: PATH });
    await relay.kill();
    expect(await asked).toBe("broken");
    await publish("version 2");
    await github.release("fill");
    await relay.start();
    expect(await relay.read(PATH)).toEqual({ status: 200, title: "version 2", cache: "miss" });
    expect(await relay.fenceOf(PATH)).toBeGreaterThan(before);
  });

  it("with followers waiting: none of them is answered, and the next life coalesces anew", async () => {
    await relay.read(OTHER); // proves the repository public
    await github.gate("fill", { path: PATH });
    const asked = [1, 2, 3].map(() => outcomeOf(relay.read(PATH)));
    await github.waitFor(1, { path: PATH });
    await relay.kill();
    expect(await Promise.all(asked)).toEqual(["broken", "broken", "broken"]);
    await publish("version 2");
    await github.release("fill");
    await relay.start();
    await github.clearLog();
    const again = await Promise.all([1, 2, 3].map(() => relay.read(PATH)));
    expect(again.map(({ title }) => title)).toEqual(["version 2", "version 2", "version 2"]);
    expect(await github.log({ path: PATH })).toHaveLength(1);
  });

  it.each([
    { name: "as GitHub's answer comes in", isAnswered: false },
    { name: "right after the caller was answered", isAnswered: true },
  ])(
    "during a publish, $name: what is served after it is whole, and no older than its freshness allows",
    async ({ isAnswered }) => {
      await github.gate("publish", { path: PATH });
      const asked = outcomeOf(relay.read(PATH));
      await github.waitFor(1, { path: PATH });
      await github.release("publish");
      if (isAnswered) await asked;
      await relay.restart();
      await asked;
      await publish("version 2");
      // Stored before the kill or not: either way the pull is whole, and a copy is a fresh one by its own table.
      expect([
        { status: 200, title: "version 1", cache: "hit" },
        { status: 200, title: "version 2", cache: "miss" },
      ]).toContainEqual(await relay.read(PATH));
      expect(await relay.read(PATH, 0)).toMatchObject({ status: 200, title: "version 2" });
      // The live read replaced whatever the killed life had left.
      expect(await relay.read(PATH)).toMatchObject({ status: 200, title: "version 2" });
    },
  );

  it("right after a purge was answered: the purged copy never returns", async () => {
    await relay.read(PATH);
    const fence = await relay.fenceOf(PATH);
    await publish("version 2");
    expect(await relay.purge(PATH)).toBe(200);
    await relay.restart();
    expect(await relay.read(PATH)).toEqual({ status: 200, title: "version 2", cache: "miss" });
    await relay.restart();
    expect(await relay.read(PATH)).toMatchObject({ status: 200, title: "version 2" });
    expect(await relay.fenceOf(PATH)).toBeGreaterThanOrEqual(fence);
  });

  it("while a purge is under way: unless it was answered the copy may stay, else it is gone", async () => {
    await relay.read(PATH);
    await relay.fenceOf(PATH);
    await publish("version 2");
    const purging = outcomeOf(relay.purge(PATH));
    await relay.restart();
    const mayServe = (await purging) === 200 ? ["version 2"] : ["version 1", "version 2"];
    const first = await relay.read(PATH);
    expect(mayServe).toContain(first.title);
    expect(await relay.purge(PATH)).toBe(200);
    await relay.restart();
    expect(await relay.read(PATH)).toMatchObject({ status: 200, title: "version 2" });
  });

  it("while a fill that began before a purge is held: its answer revives nothing", async () => {
    await relay.read(OTHER);
    await github.gate("fill", { path: PATH });
    const asked = outcomeOf(relay.read(PATH));
    await github.waitFor(1, { path: PATH });
    expect(await relay.purge(PATH)).toBe(200);
    await github.release("fill");
    expect(await asked).toMatchObject({ title: "version 1" });
    await relay.fenceOf(PATH);
    await publish("version 2");
    await relay.restart();
    expect(await relay.read(PATH)).toEqual({ status: 200, title: "version 2", cache: "miss" });
  });
});
