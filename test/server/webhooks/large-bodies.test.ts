import { describe, expect, it, vi } from "vitest";
import { LARGE_BYTES, largeBodiesOf } from "../../../server/webhooks/large-bodies.ts";

describe("large bodies", () => {
  it("are held one at a time, small ones beside them", async () => {
    vi.useFakeTimers();
    const isolate = {};
    const [first, second] = [largeBodiesOf(isolate, () => 0), largeBodiesOf(isolate, () => 0)];
    expect(await first.hold(LARGE_BYTES + 1)).toBe(true);
    expect(await first.hold(LARGE_BYTES + 2)).toBe(true);
    expect(await second.hold(LARGE_BYTES)).toBe(true);
    const refused = second.hold(LARGE_BYTES + 1);
    await vi.runAllTimersAsync();
    expect(await refused).toBe(false);
    vi.useRealTimers();
  });

  it("wait for the one before them", async () => {
    vi.useFakeTimers();
    const isolate = {};
    const [first, second] = [largeBodiesOf(isolate, () => 0), largeBodiesOf(isolate, () => 0)];
    await first.hold(LARGE_BYTES + 1);
    const waiting = second.hold(LARGE_BYTES + 1);
    await vi.advanceTimersByTimeAsync(200);
    first.release();
    await vi.runAllTimersAsync();
    expect(await waiting).toBe(true);
    vi.useRealTimers();
  });

  it("are not kept out for ever by a request that never released its own", async () => {
    let now = 0;
    const isolate = {};
    await largeBodiesOf(isolate, () => now).hold(LARGE_BYTES + 1);
    now = 15_000;
    expect(await largeBodiesOf(isolate, () => now).hold(LARGE_BYTES + 1)).toBe(true);
  });

  it("are released by their holder alone", async () => {
    vi.useFakeTimers();
    const isolate = {};
    const [first, second] = [largeBodiesOf(isolate, () => 0), largeBodiesOf(isolate, () => 0)];
    await first.hold(LARGE_BYTES + 1);
    second.release();
    const refused = second.hold(LARGE_BYTES + 1);
    await vi.runAllTimersAsync();
    expect(await refused).toBe(false);
    vi.useRealTimers();
  });
});
