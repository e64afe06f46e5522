import { describe, expect, it } from "vitest";
import { LATENCY_BOUNDS_MS, LATENCY_BUCKETS, latencyBucket, latencyQuantile } from "../../../server/store/latency.ts";

describe("the latency histogram", () => {
  it.each([
    { ms: 0, bucket: 0 },
    { ms: 1, bucket: 0 },
    { ms: 2, bucket: 1 },
    { ms: 10, bucket: 2 },
    { ms: 10_000, bucket: 8 },
    { ms: 10_001, bucket: 9 },
  ])("puts $ms ms into bucket $bucket", ({ ms, bucket }) => {
    expect(latencyBucket(ms)).toBe(bucket);
  });

  const buckets = (counts: Readonly<Record<number, number | undefined>>) =>
    Array.from({ length: LATENCY_BUCKETS }, (_, index) => counts[index] ?? 0);

  it.each([
    { name: "nothing", counts: {}, share: 0.5, ms: null },
    { name: "the middle of one bucket", counts: { 2: 10 }, share: 0.5, ms: 6.5 },
    { name: "the end of one bucket", counts: { 2: 10 }, share: 1, ms: 10 },
    { name: "the slow tail", counts: { 0: 95, 5: 5 }, share: 0.95, ms: 1 },
    { name: "past the tail's begin", counts: { 0: 90, 5: 10 }, share: 0.95, ms: 200 },
    { name: "the open end", counts: { 9: 3 }, share: 0.95, ms: LATENCY_BOUNDS_MS[8] },
  ])("reads a quantile at $name", ({ counts, share, ms }) => {
    expect(latencyQuantile(buckets(counts), share)).toBe(ms);
  });
});
