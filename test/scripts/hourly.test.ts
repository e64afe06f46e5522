import { expect, it } from "vitest";
import { everyHour, untilNextRun } from "../../scripts/hourly.ts";

const MINUTE = 60_000;
const at = (hour: number, minute: number) => Date.UTC(2026, 5, 15, hour, minute);

it.each([
  { now: at(9, 0), minutes: 17 },
  { now: at(9, 16), minutes: 1 },
  { now: at(9, 17), minutes: 60 },
  { now: at(9, 18), minutes: 59 },
  { now: at(23, 59), minutes: 18 },
])("at $now the next run is in $minutes minutes", ({ now, minutes }) => {
  expect(untilNextRun(now)).toBe(minutes * MINUTE);
});

it("runs once an hour, never twice at a time, and goes on after a failure", async () => {
  let now = at(9, 0);
  let due: (() => void) | undefined;
  const tick = () => {
    now += untilNextRun(now);
    due?.();
  };
  const runs: { readonly done: () => void; readonly fail: (error: Error) => void; readonly over: Promise<void> }[] = [];
  const failures: unknown[] = [];
  const end = everyHour({
    run: () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      runs.push({ done: resolve, fail: reject, over: promise });
      return promise;
    },
    failed: (error) => failures.push(error),
    now: () => now,
    after: (_ms, then) => {
      due = then;
      return () => (due = undefined);
    },
  });
  tick();
  tick();
  expect(runs).toHaveLength(1); // the first is still under way
  runs[0]?.fail(new Error("no"));
  await runs[0]?.over.catch(() => undefined);
  await Promise.resolve();
  await Promise.resolve();
  tick();
  expect([runs.length, failures.length]).toEqual([2, 1]);
  end();
  expect(due).toBeUndefined();
});
