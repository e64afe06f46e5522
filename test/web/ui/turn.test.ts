import { createRoot, createSignal } from "solid-js";
import { afterEach, describe, expect, it } from "vitest";
import { createLive, type Live } from "../../../web/ui/live.ts";
import { askedAfter } from "../../../web/ui/turn.ts";
import { gate } from "../support/fake-server.ts";

let end: () => void = () => {};
afterEach(() => end());

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A large question, a small one behind it and a third behind that, of one window; what was asked is noted in its order. */
function threeQuestions(large: (window: string) => Promise<unknown>) {
  const asked: string[] = [];
  const [window, setWindow] = createSignal("24h");
  const [page, setPage] = createSignal(1);
  const lives: Live<unknown>[] = [];
  const ofWindow = () => ({ window: window() });
  createRoot((dispose) => {
    end = dispose;
    const whole = createLive(
      () => ({ window: window(), page: page() }),
      async (input) => {
        asked.push(`large ${input.window} ${input.page}`);
        return large(input.window);
      },
    );
    const small = createLive(askedAfter(whole, ofWindow), async (input) => {
      asked.push(`small ${input.window}`);
      return {};
    });
    const third = createLive(askedAfter(small, ofWindow), async (input) => {
      asked.push(`third ${input.window}`);
      return {};
    });
    lives.push(whole, small, third);
  });
  return { asked, setWindow, setPage, lives, behind: () => lives.map((live) => live.isBehind()) };
}

describe("a question behind another", () => {
  it("is asked once that is answered", async () => {
    const answer = gate<object>();
    const { asked } = threeQuestions(() => answer.wait);
    await settle();
    expect(asked).toEqual(["large 24h 1"]);
    answer.open({});
    await settle();
    expect(asked).toEqual(["large 24h 1", "small 24h", "third 24h"]);
  });

  it("is asked although that failed", async () => {
    const { asked } = threeQuestions(() => Promise.reject(new Error("the server is down")));
    await settle();
    expect(asked).toEqual(["large 24h 1", "small 24h", "third 24h"]);
  });

  it("waits anew where both change", async () => {
    const second = gate<object>();
    const { asked, setWindow, behind } = threeQuestions((window) =>
      window === "24h" ? Promise.resolve({}) : second.wait,
    );
    await settle();
    asked.length = 0;
    expect(behind()).toEqual([false, false, false]);
    setWindow("30d");
    await settle();
    expect([asked, behind()]).toEqual([["large 30d 1"], [true, true, true]]);
    second.open({});
    await settle();
    expect([asked, behind()]).toEqual([
      ["large 30d 1", "small 30d", "third 30d"],
      [false, false, false],
    ]);
  });

  it("is not asked again where only the other is", async () => {
    const { asked, setPage, lives, behind } = threeQuestions(async () => ({}));
    await settle();
    asked.length = 0;
    setPage(2);
    expect(behind()).toEqual([true, false, false]);
    await settle();
    lives[0]?.refresh();
    await settle();
    expect(asked).toEqual(["large 24h 2", "large 24h 2"]);
  });
});
