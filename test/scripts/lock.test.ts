import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { lock, tryLock } from "../../scripts/lock.ts";

const aPath = () => join(tmpdir(), `octopool-lock-test-${randomUUID()}`);

it("has one holder at a time", async () => {
  const path = aPath();
  const first = await tryLock(path);
  expect(first).toBeDefined();
  expect(await tryLock(path)).toBeUndefined();
  await first?.release();
  const second = await tryLock(path);
  expect(second).toBeDefined();
  await second?.release();
});

it("different paths have different locks", async () => {
  const one = await tryLock(aPath());
  const other = await tryLock(aPath());
  expect([one, other]).not.toContain(undefined);
  await one?.release();
  await other?.release();
});

it("whoever waits gets it when the holder lets go, and not before", async () => {
  const path = aPath();
  const first = await lock(path);
  const order: string[] = [];
  const waiting = lock(path).then((held) => {
    order.push("second");
    return held;
  });
  expect(await tryLock(path)).toBeUndefined();
  order.push("released");
  await first.release();
  await (await waiting).release();
  expect(order).toEqual(["released", "second"]);
});
