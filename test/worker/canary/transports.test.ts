/** The sources that need no credential, each made to answer, in a pool whose identity is told everything. */
import { expect, it } from "vitest";
import { ROUTES } from "../../../shared/routes/index.ts";
import type { CanaryAsk } from "./asks.ts";
import { KINDS } from "./kinds.ts";
import { CanaryWalk } from "./walk.ts";

const FREE = ["raw", "diff", "git"] as const;
const [, MEMBER] = KINDS;

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
/** A file is read raw only where the tree of its commit was seen. */
const RAW: readonly CanaryAsk[] = [
  { path: `/repos/octocat/hello-world/git/trees/${COMMIT}`, query: { recursive: "1" } },
  { path: "/repos/octocat/hello-world/contents/README.md", query: { ref: COMMIT } },
];

it("is seen by no source that costs no quota, and leaks through none", async () => {
  const free = ROUTES.filter(({ transports }) => FREE.some((source) => transports.includes(source)));
  const walk = new CanaryWalk(MEMBER, [], true);
  const { leaks, opened } = await walk.run(free, RAW);
  expect({ leaks, opened }).toEqual({ leaks: [], opened: [] });
  const asked = (await walk.relay.github.log()).map(({ path }) => path);
  for (const path of [/^\/octocat\/hello-world\/[0-9a-f]{40}\//, /\/pull\/42\.diff$/, /\/git-upload-pack$/])
    expect(asked.filter((one) => path.test(one)).length, String(path)).toBeGreaterThan(0);
}, 240_000);
