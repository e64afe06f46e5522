import { describe, expect, it } from "vitest";
import { drawStanding } from "../../../cli/watch/view.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const size = { width: 120, height: 50, now: NOW };
const stats = {
  pool_usage: { requests: 120, eligible_cache_hit_rate: 0.875, saved_github_requests: 90, fallbacks: 3 },
};
const alice = {
  id: "pat_alice",
  status: "active",
  secret_present: true,
  resources: [
    {
      resource: "core",
      limit: 5000,
      remaining: 1250,
      reset_at: "2026-03-01T12:30:00Z",
      empty_at: "2026-03-01T12:01:00Z",
    },
  ],
  cooldowns: [],
};
const standing = (changes: Readonly<Record<string, unknown>> = {}) => ({
  pool: "maintainers",
  identities: [alice],
  fills: { in_flight: 2 },
  recent: [],
  ...changes,
});
const draw = (changes = {}, options = {}) => drawStanding(standing(changes), stats, { ...size, ...options });

describe("the picture of a pool", () => {
  it("begins with the pool's figures in one line", () => {
    expect(draw()[0]).toBe(
      "Pool maintainers, last 15 minutes · 120 requests · 87.5% hits · 90 saved · 3 fallbacks · 2 fills now",
    );
  });

  it("draws what an identity has left, when that ends, and when it comes back", () => {
    expect(draw()).toContain("    core         █████░░░░░░░░░░░░░░░ 1250 of 5000, resets in 30 min, empty in 60 s");
  });

  it.each([
    [{ status: "paused" }, "paused by an operator"],
    [{ secret_present: false }, "its secret is missing"],
    [
      { cooldowns: [{ scope: "identity", on: "", cause: "retry_after", until: "2026-03-01T12:00:45Z" }] },
      "rests in 45 s: retry_after",
    ],
    [
      { cooldowns: [{ scope: "resource", on: "search", cause: "depleted", until: "2026-03-01T12:00:45Z" }] },
      "search rests in 45 s",
    ],
    [{ resources: [] }, "ready, nothing read yet"],
  ])("says why an identity cannot serve: %o", (changes, words) => {
    expect(draw({ identities: [{ ...alice, ...changes }] })).toContain(`  pat_alice  ${words}`);
  });

  it("lists the last requests, the reason of a fallback before its cache status", () => {
    const row = { at: "2026-03-01T11:59:58Z", status: 200, duration_ms: 4, cache: "hit", route_key: "/repos/a/b" };
    const refused = { ...row, status: 424, fallback_reason: "route_denied", cache: "unknown" };
    expect(draw({ recent: [row, refused] }).slice(-2)).toEqual([
      "      2 s  hit            200      4 ms  /repos/a/b",
      "      2 s  route_denied   424      4 ms  /repos/a/b",
    ]);
  });

  it("fits the terminal, and lets no text of the server's move its cursor", () => {
    const drawn = draw({ pool: "\u001B[2Jpool" }, { width: 30, height: 4 });
    expect(drawn).toHaveLength(3);
    expect(drawn.every((line) => line.length <= 30 && !line.includes("\u001B"))).toBe(true);
  });
});
