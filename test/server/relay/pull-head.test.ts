import { describe, expect, it } from "vitest";
import { atHead, isHinted, namesHead, readPull } from "../../../server/relay/pull-head.ts";
import { aJob, anAsk } from "../../support/builders.ts";

const FILES = "/repos/acme/widget/pulls/7/files";
const SHA = "a".repeat(40);
const OTHER = "b".repeat(40);

type Words = Readonly<Record<string, string | undefined>>;

const jobOf = (path: string, hint: Words, headers: Words = {}) => aJob(anAsk(path, { route_hint: hint, headers }));

describe("a hint", () => {
  it.each([
    { name: "a head, on files", path: FILES, hint: { pr_head_sha: SHA }, headers: {}, counts: true },
    { name: "a head in capitals", path: FILES, hint: { pr_head_sha: SHA.toUpperCase() }, headers: {}, counts: true },
    {
      name: "a bound",
      path: FILES,
      hint: { pr_head_sha: SHA },
      headers: { "cache-control": "max-age=5" },
      counts: true,
    },
    {
      name: "a live read",
      path: FILES,
      hint: { pr_head_sha: SHA },
      headers: { "cache-control": "max-age=0" },
      counts: false,
    },
    { name: "a short head", path: FILES, hint: { pr_head_sha: SHA.slice(1) }, headers: {}, counts: false },
    { name: "a state alone", path: FILES, hint: { pr_state: "open" }, headers: {}, counts: false },
    { name: "another row", path: "/repos/acme/widget/pulls/7", hint: { pr_head_sha: SHA }, headers: {}, counts: false },
  ])("$name", ({ path, hint, headers, counts }) => {
    expect(namesHead(jobOf(path, hint, headers))).toBe(counts);
  });

  it.each([
    { name: "the head", hint: { prHeadSha: SHA }, is: true },
    { name: "head and state", hint: { prHeadSha: SHA, prState: "open" } as const, is: true },
    { name: "another head", hint: { prHeadSha: OTHER }, is: false },
    { name: "another state", hint: { prHeadSha: SHA, prState: "merged" } as const, is: false },
    { name: "nothing", hint: {}, is: false },
  ])("that names $name is believed: $is", ({ hint, is }) => {
    expect(isHinted({ sha: SHA, base: "main", state: "open" }, hint)).toBe(is);
  });
});

describe("reading a pull", () => {
  const pull = { state: "open", merged: false, merged_at: null, head: { sha: SHA }, base: { ref: "main" } };

  it.each([
    { name: "open", part: {}, state: "open" },
    { name: "closed", part: { state: "closed" }, state: "closed" },
    { name: "merged", part: { state: "closed", merged: true }, state: "merged" },
    { name: "merged, as lists say it", part: { state: "closed", merged_at: "2026-06-01T10:00:00Z" }, state: "merged" },
  ])("$name", ({ part, state }) => {
    expect(readPull({ ...pull, ...part })).toEqual({ sha: SHA, base: "main", state });
  });

  it.each([
    { name: "a message", body: { message: "Not Found" } },
    { name: "null", body: null },
    { name: "a list", body: [pull] },
    { name: "no head", body: { ...pull, head: null } },
    { name: "no base", body: { ...pull, base: {} } },
    { name: "a state unheard of", body: { ...pull, state: "draft" } },
  ])("is not possible of $name", ({ body }) => {
    expect(readPull(body)).toBeUndefined();
  });
});

describe("the key of known files", () => {
  const job = jobOf(FILES, { pr_head_sha: SHA });
  const keyOf = (sha: string, base: string) => atHead(job, { sha, base }).cacheKey;

  it("differs by head and by base, and from the plain one", () => {
    const keys = [job.cacheKey, keyOf(SHA, "main"), keyOf(OTHER, "main"), keyOf(SHA, "dev"), keyOf(SHA, "a\nb")];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("ends with the same surrogate keys", () => {
    expect(atHead(job, { sha: SHA, base: "main" }).surrogateKeys).toEqual(job.surrogateKeys);
  });
});
