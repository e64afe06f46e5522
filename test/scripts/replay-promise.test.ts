import { expect, it } from "vitest";
import { promisedMs } from "../../bench/replay/promise.ts";
import { Thing, type Shape } from "../../bench/replay/thing.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

it.each<{ path: string; shape: Shape; moving?: number; state?: "undecided" | "closed" | "merged"; seconds: number }>([
  { path: "pulls/1", shape: "pull", seconds: 120 + 60 },
  { path: "pulls/1", shape: "pull", state: "undecided", seconds: 5 + 60 },
  { path: "pulls/1", shape: "pull", state: "merged", seconds: 3_600 + 60 },
  { path: "pulls/1/files", shape: "list", seconds: 60 },
  { path: "pulls/1/commits", shape: "list", seconds: 300 },
  { path: "issues/101", shape: "issue", seconds: 300 + 60 },
  { path: "issues/101", shape: "issue", state: "closed", seconds: 3_600 + 60 },
  { path: "actions/runs", shape: "runs", moving: 1, seconds: 60 + 60 },
  { path: "actions/runs", shape: "runs", seconds: 120 + 60 },
  { path: "actions/runs/1", shape: "run", seconds: 60 + 60 },
  { path: `commits/${SHA}/check-runs`, shape: "checks", moving: 1, seconds: 60 + 60 },
  { path: `commits/${SHA}/check-runs`, shape: "checks", seconds: 120 + 60 },
  { path: "branches/main", shape: "branch", seconds: 120 },
])(
  "a copy of $path ($state, $moving moving) may be $seconds seconds old",
  ({ path, shape, moving = 0, state, seconds }) => {
    const thing = new Thing(`/repos/team/app-0/${path}`, shape);
    thing.change({ at: 1_000, moving, ...(state === undefined ? {} : { state }) });
    expect(promisedMs(thing, 2_000)).toBe(seconds * 1000);
  },
);
