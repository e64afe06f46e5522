import { createRoot, createSignal } from "solid-js";
import { afterEach, describe, expect, it } from "vitest";
import { createPaged, type Paged } from "../../../web/ui/paged.ts";

interface View {
  readonly rows: readonly string[];
  readonly next: string | null;
}

let end: () => void = () => {};
afterEach(() => end());

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Three pages of two rows each of whatever is asked; each reading is noted. */
function aList() {
  const read: string[] = [];
  const [of, setOf] = createSignal("a");
  let made: Paged<View> | undefined;
  createRoot((dispose) => {
    end = dispose;
    made = createPaged(of, async (name, cursor): Promise<View> => {
      read.push(`${name}${cursor ?? ""}`);
      const page = Number(cursor ?? 0);
      return { rows: [`${name}${page}.0`, `${name}${page}.1`], next: page < 2 ? String(page + 1) : null };
    });
  });
  return { read, setOf, paged: made as Paged<View>, rows: () => made?.live.value()?.rows };
}

describe("createPaged", () => {
  it("reads one page, and with each more another behind those before", async () => {
    const { read, paged, rows } = aList();
    await settle();
    expect(rows()).toEqual(["a0.0", "a0.1"]);
    paged.more();
    await settle();
    expect(rows()).toEqual(["a0.0", "a0.1", "a1.0", "a1.1"]);
    paged.more();
    await settle();
    expect(rows()).toHaveLength(6);
    expect(read.slice(-3)).toEqual(["a", "a1", "a2"]);
  });

  it("begins another question with one page, read once", async () => {
    const { read, setOf, paged, rows } = aList();
    await settle();
    paged.more();
    await settle();
    read.length = 0;
    setOf("b");
    await settle();
    expect([read, rows()]).toEqual([["b"], ["b0.0", "b0.1"]]);
    setOf("a");
    await settle();
    expect(rows()).toEqual(["a0.0", "a0.1"]);
  });

  it("keeps what was shown while the next page is read, and is behind", async () => {
    const { paged, rows } = aList();
    await settle();
    paged.more();
    expect([rows()?.length, paged.live.isBehind()]).toEqual([2, true]);
    await settle();
    expect([rows()?.length, paged.live.isBehind()]).toEqual([4, false]);
  });
});
