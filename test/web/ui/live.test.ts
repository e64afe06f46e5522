import { createRoot, createSignal } from "solid-js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLive, waitAfter, type Live } from "../../../web/ui/live.ts";
import { gate } from "../support/fake-server.ts";

let end: () => void = () => {};
let hidden = false;

beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
});
afterEach(() => {
  end();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A live view of a question whose answers the test gives. */
function live<T>(read: (input: string, signal: AbortSignal) => Promise<T>, everyMs?: number) {
  const [input, setInput] = createSignal("one");
  let made: Live<T> | undefined;
  createRoot((dispose) => {
    end = dispose;
    made = createLive(input, read, () => ({ everyMs }));
  });
  return { view: made as Live<T>, setInput };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("createLive", () => {
  it("asks again every so often", async () => {
    let asked = 0;
    const { view } = live(async () => ({ n: ++asked }), 5_000);
    await settle();
    expect(view.value()).toEqual({ n: 1 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(view.value()).toEqual({ n: 3 });
  });

  it("asks before what stands around it is drawn", () => {
    const order: string[] = [];
    createRoot((dispose) => {
      end = dispose;
      createLive(
        () => "one",
        async () => order.push("asked"),
      );
      order.push("drawn");
    });
    expect(order).toEqual(["asked", "drawn"]);
  });

  it("asks nothing while there is no question, by itself or by hand", async () => {
    const asked: string[] = [];
    const [input, setInput] = createSignal<string | null>(null);
    let made: Live<object> | undefined;
    createRoot((dispose) => {
      end = dispose;
      made = createLive(
        input,
        async (question) => ({ n: asked.push(question) }),
        () => ({ everyMs: 5_000 }),
      );
    });
    await vi.advanceTimersByTimeAsync(20_000);
    made?.refresh();
    await settle();
    expect([asked, made?.isSettled()]).toEqual([[], false]);
    setInput("now");
    await settle();
    expect([asked, made?.isSettled()]).toEqual([["now"], true]);
  });

  it("cancels what nobody waits for any more, and says that it is behind", async () => {
    const first = gate<{ of: string }>();
    const second = gate<{ of: string }>();
    const signals: AbortSignal[] = [];
    const { view, setInput } = live(async (input, signal) => {
      signals.push(signal);
      return input === "one" ? { of: "one" } : input === "two" ? first.wait : second.wait;
    });
    await settle();
    setInput("two");
    expect(view.isBehind()).toBe(true);
    setInput("three");
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false]);
    first.open({ of: "two" });
    await settle();
    expect(view.value()).toEqual({ of: "one" });
    second.open({ of: "three" });
    await settle();
    expect([view.value(), view.isBehind()]).toEqual([{ of: "three" }, false]);
  });

  it("keeps what it has through a failure, and tries again later each time", async () => {
    let fails = false;
    let asked = 0;
    const { view } = live(async () => {
      asked += 1;
      if (fails) throw new Error("no");
      return { ok: true };
    }, 5_000);
    await settle();
    fails = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(view.value()).toEqual({ ok: true });
    expect(view.failure()?.code).toBe("unreachable");
    await vi.advanceTimersByTimeAsync(5_000 + 10_000);
    expect(asked).toBe(4);
    fails = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(view.failure()).toBeUndefined();
  });

  it("asks nothing while the tab is hidden, and at once when it is seen again", async () => {
    let asked = 0;
    live(async () => ({ n: ++asked }), 5_000);
    await settle();
    hidden = true;
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
    hidden = false;
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(asked).toBe(2);
  });

  it("stands still while it is paused", async () => {
    let asked = 0;
    const { view } = live(async () => ({ n: ++asked }), 5_000);
    await settle();
    view.setPaused(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
    view.setPaused(false);
    await settle();
    expect(asked).toBe(2);
  });

  it("leaves rows that did not change as they are", async () => {
    let extra = false;
    const { view } = live(async () => ({ rows: [...(extra ? [{ id: 2 }] : []), { id: 1 }] }), 5_000);
    await settle();
    const before = view.value()?.rows[0];
    extra = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(view.value()?.rows[1]).toBe(before);
  });

  it("asks nothing once it is gone", async () => {
    let asked = 0;
    live(async () => ({ n: ++asked }), 5_000);
    await settle();
    end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
  });
});

it.each([
  [0, 5_000, 5_000],
  [1, 5_000, 5_000],
  [2, 5_000, 10_000],
  [9, 5_000, 60_000],
  [9, 300_000, 300_000],
])("after %d failures, every %d ms becomes %d", (failures, every, wait) => {
  expect(waitAfter(failures, every)).toBe(wait);
});
