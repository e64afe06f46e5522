import { createRoot, createSignal } from "solid-js";
import { afterEach, describe, expect, it } from "vitest";
import { createLive, type Live } from "../../../web/ui/live.ts";
import { askedAfter } from "../../../web/ui/turn.ts";
import { gate } from "../support/fake-server.ts";

let end: () => void = () => {};
afterEach(() => end());

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A large question and a small one behind it, of the same window; what was asked is noted in its order. */
function twoQuestions(large: (window: string) => Promise<unknown>) {
  const asked: string[] = [];
  const [window, setWindow] = createSignal("24h");
  const [page, setPage] = createSignal(1);
  let first: Live<unknown> | undefined;
  createRoot((dispose) => {
    end = dispose;
    first = createLive(
      () => ({ window: window(), page: page() }),
      async (input) => {
        asked.push(`large ${input.window} ${input.page}`);
        return large(input.window);
      },
    );
    createLive(
      askedAfter(first, () => ({ window: window() })),
      async (input) => {
        asked.push(`small ${input.window}`);
        return {};
      },
    );
  });
  return { asked, setWindow, setPage, refresh: () => first?.refresh() };
}

describe("a question behind another", () => {
  it("is asked once that is answered", async () => {
    const answer = gate<object>();
    const { asked } = twoQuestions(() => answer.wait);
    await settle();
    expect(asked).toEqual(["large 24h 1"]);
    answer.open({});
    await settle();
    expect(asked).toEqual(["large 24h 1", "small 24h"]);
  });

  it("is asked although that failed", async () => {
    const { asked } = twoQuestions(() => Promise.reject(new Error("the server is down")));
    await settle();
    expect(asked).toEqual(["large 24h 1", "small 24h"]);
  });

  it("waits anew where both change", async () => {
    const second = gate<object>();
    const { asked, setWindow } = twoQuestions((window) => (window === "24h" ? Promise.resolve({}) : second.wait));
    await settle();
    setWindow("30d");
    await settle();
    expect(asked).toEqual(["large 24h 1", "small 24h", "large 30d 1"]);
    second.open({});
    await settle();
    expect(asked.at(-1)).toBe("small 30d");
  });

  it("is not asked again where only the other is", async () => {
    const { asked, setPage, refresh } = twoQuestions(async () => ({}));
    await settle();
    setPage(2);
    await settle();
    refresh();
    await settle();
    expect(asked).toEqual(["large 24h 1", "small 24h", "large 24h 2", "large 24h 2"]);
  });
});
