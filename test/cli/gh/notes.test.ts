import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFreshness } from "../../../cli/gh/freshness.ts";
import { openMarks, sweepMarks } from "../../../cli/gh/marks.ts";
import { openOwnWrites } from "../../../cli/gh/own-writes.ts";
import { openRelayRest } from "../../../cli/gh/relay-rest.ts";

let directory = "";
let now = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "octopool-notes-"));
  now = Date.parse("2026-03-01T12:00:00Z");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** As a run of its own opens them. */
const marks = () => openMarks(directory, () => now);
const later = (seconds: number) => (now += seconds * 1000);

describe("a relay that failed", () => {
  it("is left alone for thirty seconds, by later runs as well, and by its address", () => {
    openRelayRest(marks(), "https://one.example").begin();
    later(29);
    expect(openRelayRest(marks(), "https://one.example").since()).toBe(29);
    expect(openRelayRest(marks(), "https://two.example").since()).toBeUndefined();
    later(1);
    expect(openRelayRest(marks(), "https://one.example").since()).toBeUndefined();
  });
});

describe("one's own writes", () => {
  const bound = (repository: string | undefined, isLongPoll = false, env = {}) =>
    createFreshness({ env, isLongPoll, writes: openOwnWrites(marks()) })(repository, undefined);

  it("bound the reads of that repository for ten minutes, and those that name none", () => {
    openOwnWrites(marks()).note("O/R");
    later(90);
    expect([bound("o/r"), bound(undefined), bound("o/other")]).toEqual(["max-age=90", "max-age=90", undefined]);
    later(509);
    expect(bound("o/r")).toBe("max-age=599");
    later(1);
    expect([bound("o/r"), bound(undefined)]).toEqual([undefined, undefined]);
  });

  it("bound every read where nobody knows which repository was written to", () => {
    openOwnWrites(marks()).note(undefined);
    later(7);
    expect([bound("o/r"), bound(undefined)]).toEqual(["max-age=7", "max-age=7"]);
  });

  it("are counted from the last of them", () => {
    openOwnWrites(marks()).note("o/r");
    later(60);
    openOwnWrites(marks()).note("o/r");
    later(3);
    expect(bound("o/r")).toBe("max-age=3");
  });

  it.each([
    { name: "alone", after: undefined, env: {}, is: "max-age=5" },
    { name: "after a write two seconds ago", after: 2, env: {}, is: "max-age=2" },
    { name: "after a write a minute ago", after: 60, env: {}, is: "max-age=5" },
    { name: "under OCTOPOOL_MAX_AGE=30", after: undefined, env: { OCTOPOOL_MAX_AGE: "30" }, is: "max-age=5" },
    { name: "under OCTOPOOL_FRESH=1", after: undefined, env: { OCTOPOOL_FRESH: "1" }, is: "max-age=0" },
  ])("and gh's own watching: the strictest holds, $name", ({ after, env, is }) => {
    if (after !== undefined) openOwnWrites(marks()).note("o/r");
    later(after ?? 0);
    expect(bound("o/r", true, env)).toBe(is);
  });
});

describe("what nobody asks about any more", () => {
  it("is swept after a day", () => {
    marks().set("old");
    later(12 * 3600);
    marks().set("young");
    later(12 * 3600 + 1);
    sweepMarks(directory, now);
    expect([marks().age("old"), marks().age("young")]).toEqual([undefined, 12 * 3_600_000 + 1000]);
  });

  it("stays where it cannot be removed, which fails nothing", () => {
    const odd = join(directory, "a directory");
    mkdirSync(odd);
    utimesSync(odd, 0, 0);
    sweepMarks(directory, now);
    expect(existsSync(odd)).toBe(true);
    sweepMarks(join(odd, "nothing"), now);
  });
});
