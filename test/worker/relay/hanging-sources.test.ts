/** A free source that never answers: it is given four seconds, and the others the rest of the time. The clock is ours. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AskOptions, TestRelay } from "../support/relay.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const AS_DIFF: AskOptions = { headers: { accept: "application/vnd.github.diff" } };
const REF = "/repos/acme/widget/git/ref/heads/main";
const FOUR_SECONDS = 4_000;

interface Bound {
  readonly ms: number;
  readonly end: () => void;
}

let relay: TestRelay;
let bounds: Bound[];

beforeEach(async () => {
  bounds = [];
  relay = new TestRelay();
  await relay.github.reset();
  await relay.seed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** From now on a bound ends when the test ends it. */
function holdTime(): void {
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const controller = new AbortController();
    bounds.push({ ms, end: () => controller.abort() });
    return controller.signal;
  });
}

interface Hanging {
  readonly source: string;
  readonly web: string;
  readonly path: string;
  readonly options: AskOptions;
  /** What has to be known before the source is asked at all. */
  readonly before: () => Promise<unknown>;
  /** A question to the same source, asked while it rests. */
  readonly next: string;
}

const HANGING: readonly Hanging[] = [
  {
    source: "raw",
    web: `/acme/widget/${COMMIT}/README.md`,
    path: "/repos/acme/widget/contents/README.md",
    options: { query: { ref: COMMIT } },
    before: () => relay.ask(`/repos/acme/widget/git/trees/${COMMIT}`, { query: { recursive: "1" } }),
    next: "/repos/acme/widget/contents/package.json",
  },
  {
    source: "diff",
    web: "/acme/widget/pull/7.diff",
    path: "/repos/acme/widget/pulls/7",
    options: AS_DIFF,
    before: async () => undefined,
    next: "/repos/acme/widget/pulls/8",
  },
  {
    source: "git",
    web: "/acme/widget.git/git-upload-pack",
    path: REF,
    options: {},
    before: async () => {
      await relay.ask(REF);
      relay.later(130_000);
    },
    next: REF,
  },
];

describe.each(HANGING)("$source that hangs", ({ source, web, path, options, before, next }) => {
  beforeEach(async () => {
    await before();
    await relay.github.clearLog();
    await relay.github.addFault({ kind: "hang", match: { path: web } });
    holdTime();
  });

  it("is given up after four seconds, the API answers in its place, and it rests", async () => {
    const asked = relay.ask(path, options);
    await relay.github.waitFor(1, { path: web });
    const [hung, ...others] = bounds;
    expect(others).toEqual([]); // nobody else is asked meanwhile
    expect(hung?.ms).toBeGreaterThan(0);
    expect(hung?.ms).toBeLessThanOrEqual(FOUR_SECONDS);
    hung?.end();
    const { http, envelope } = await asked;
    expect([http, envelope.status]).toEqual([200, 200]);
    expect(Math.max(...bounds.slice(1).map(({ ms }) => ms))).toBeGreaterThan(FOUR_SECONDS);
    expect(relay.isolate.rests.get(source as "raw")).toBeGreaterThan(Date.now() + relay.offsetMs);
    await relay.github.clearLog();
    await relay.ask(next, { ...options, headers: { ...options.headers, "cache-control": "max-age=0" } });
    const paths = (await relay.github.log()).map((one) => one.path);
    expect(paths).toContain(next);
    expect(paths).not.toContain(web);
  });

  it("has no more than what the request has left", async () => {
    relay.setVars({ REQUEST_TIMEOUT_MS: "2500" });
    const asked = relay.ask(path, options);
    await relay.github.waitFor(1, { path: web });
    expect(bounds[0]?.ms).toBeLessThanOrEqual(2_500);
    bounds[0]?.end();
    expect((await asked).http).toBe(200);
  });
});
