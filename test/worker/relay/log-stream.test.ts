/** A log's bytes, to the reader and to the store, and what becomes of either when something breaks. */
import { describe, expect, it } from "vitest";
import { keepSmall, keepStream } from "../../../server/relay/log-keeper.ts";
import { carry, readWhole, type OpenLog } from "../../../server/relay/log-stream.ts";

const CHUNK = new Uint8Array(1_000).fill(65);
const BOUNDS = { maxBytes: 10_000, stalledMs: 200 };

/** `chunks` of 1,000 bytes, then the end, an error, or silence. */
function aLog(chunks: number, length: number | undefined, then: "ends" | "fails" | "hangs" = "ends"): OpenLog {
  let left = chunks;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (left-- > 0) controller.enqueue(CHUNK.slice());
      else if (then === "ends") controller.close();
      else if (then === "fails") controller.error(new Error("reset"));
      else return new Promise<void>(() => undefined);
    },
  });
  return { kind: "open", headers: new Headers(), length, body, upstreamCalls: 1 };
}

/** What a bucket was given; undefined: nothing whole. */
function aBucket() {
  const kept: { bytes: number | undefined } = { bytes: undefined };
  const put = async (bytes: ReadableStream<Uint8Array> | Uint8Array): Promise<boolean> => {
    const whole = await new Response(bytes as BodyInit).arrayBuffer().catch(() => undefined);
    kept.bytes = whole?.byteLength;
    return whole !== undefined;
  };
  return { kept, put };
}

const bytesOf = (stream: ReadableStream) =>
  new Response(stream).arrayBuffer().then(
    ({ byteLength }) => byteLength,
    () => "broken",
  );

describe("carry", () => {
  it.each([
    { name: "as long as announced", log: () => aLog(5, 5_000), read: 5_000, kept: 5_000 },
    { name: "of unknown length", log: () => aLog(5, undefined), read: 5_000, kept: 5_000 },
    { name: "empty", log: () => aLog(0, 0), read: 0, kept: 0 },
    { name: "shorter than announced", log: () => aLog(4, 5_000), read: "broken", kept: undefined },
    { name: "longer than announced", log: () => aLog(6, 5_000), read: "broken", kept: undefined },
    { name: "that fails on its way", log: () => aLog(3, 5_000, "fails"), read: "broken", kept: undefined },
    { name: "that falls silent", log: () => aLog(3, 5_000, "hangs"), read: "broken", kept: undefined },
    { name: "of unknown length, over the bound", log: () => aLog(11, undefined), read: "broken", kept: undefined },
  ])("passes on and keeps a log $name: $read and $kept", async ({ log, read, kept }) => {
    const bucket = aBucket();
    const opened = log();
    const keeper = opened.length === undefined ? keepSmall(100_000, bucket.put) : keepStream(opened.length, bucket.put);
    const { readable, ended } = carry(opened, keeper, BOUNDS);
    expect(await bytesOf(readable)).toBe(read);
    expect(await ended).toBe(kept !== undefined);
    expect(bucket.kept.bytes).toBe(kept);
  });

  it.each([
    { name: "refuses at once", put: () => Promise.resolve(false) },
    {
      name: "gives up on its way",
      put: async (bytes: ReadableStream<Uint8Array>) => {
        const reader = bytes.getReader();
        await reader.read();
        await reader.cancel();
        return false;
      },
    },
  ])("reaches its reader whole when the store $name", async ({ put }) => {
    const { readable, ended } = carry(aLog(5, 5_000), keepStream(5_000, put), BOUNDS);
    expect(await bytesOf(readable)).toBe(5_000);
    expect(await ended).toBe(false);
  });

  it("keeps the whole when its reader hangs up in the middle", async () => {
    const bucket = aBucket();
    const { readable, ended } = carry(aLog(5, 5_000), keepStream(5_000, bucket.put), BOUNDS);
    const reader = readable.getReader();
    await reader.read();
    await reader.cancel();
    expect([await ended, bucket.kept.bytes]).toEqual([true, 5_000]);
  });

  it("ends with its reader where nothing is kept", async () => {
    const { readable, ended } = carry(aLog(1, undefined, "hangs"), undefined, { ...BOUNDS, stalledMs: 60_000 });
    await readable.cancel();
    expect(await ended).toBe(false);
  });

  it("holds no more of a log of unknown length than the store may be given at once", async () => {
    const bucket = aBucket();
    const { readable, ended } = carry(aLog(5, undefined), keepSmall(3_000, bucket.put), BOUNDS);
    expect(await bytesOf(readable)).toBe(5_000);
    expect([await ended, bucket.kept.bytes]).toEqual([false, undefined]);
  });
});

describe("readWhole", () => {
  it.each([
    { name: "fits", log: () => aLog(5, 5_000), outcome: 5_000 },
    { name: "is announced as too large", log: () => aLog(0, 10_001, "hangs"), outcome: "too_large" },
    { name: "turns out too large", log: () => aLog(11, undefined), outcome: "too_large" },
    { name: "fails", log: () => aLog(3, 5_000, "fails"), outcome: "broken" },
    { name: "is shorter than announced", log: () => aLog(3, 5_000), outcome: "broken" },
    { name: "falls silent until the deadline", log: () => aLog(3, 5_000, "hangs"), outcome: "broken" },
  ])("says $outcome of a log that $name", async ({ log, outcome }) => {
    const read = await readWhole(log(), 10_000, 200, { now: () => 0 });
    expect(typeof read === "string" ? read : read.byteLength).toBe(outcome);
  });
});
