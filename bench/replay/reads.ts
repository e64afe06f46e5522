/** Who reads what, when: people in bursts, bots on the clock, watchers of each push until its run has ended. */
import { PLAYED_FROM, PLAYED_UNTIL } from "./day.ts";
import { openAt } from "./lives.ts";
import { SeededRandom } from "../../scripts/seeded-random.ts";
import type { Push, Repository, World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PEOPLE = 37;
/** One in so many reads of a pull is a gate's, which takes no stored answer. */
const GATE_SHARE = 0.02;

export interface Read {
  readonly at: number;
  readonly path: string;
  readonly who: "person" | "bot" | "watcher";
  /** Takes no stored answer. */
  readonly isGate: boolean;
}

/** In the order of time, each at a millisecond of its own. */
export function planReads(world: World, seed: number): readonly Read[] {
  const random = new SeededRandom(seed);
  const reads: Read[] = [];
  for (let person = 0; person < PEOPLE; person++) reads.push(...readsOfPerson(world, random));
  for (const { path } of world.repositories) reads.push(...readsOfBots(path, random));
  for (const push of world.pushes) reads.push(...watches(push, random));
  const played = reads.filter(({ at }) => at < PLAYED_UNTIL).toSorted((left, right) => left.at - right.at);
  let last = 0;
  return played.map((read) => ({ ...read, at: (last = Math.max(last + 1, Math.round(read.at))) }));
}

function readsOfPerson(world: World, random: SeededRandom): Read[] {
  const reads: Read[] = [];
  for (let at = PLAYED_FROM + random.wait(15 * MINUTE); at < PLAYED_UNTIL; at += random.wait(15 * MINUTE)) {
    const repository = random.pick(world.repositories);
    const paths = random.next() < 0.6 ? lookAtPull(world, repository, at, random) : lookAtIssue(repository, at, random);
    let when = at;
    for (const path of paths) {
      const isGate = /\/pulls\/\d+$/.test(path) && random.next() < GATE_SHARE;
      reads.push({ at: (when += random.between(1, 15) * SECOND), path, who: "person", isGate });
    }
  }
  return reads;
}

/** Mostly what was pushed last, merged by now or not; where nothing was, one that is open. */
function lookAtPull(world: World, { path, pulls }: Repository, at: number, random: SeededRandom): readonly string[] {
  const push = world.pushes.findLast(
    (each) => each.repository === path && each.pull !== undefined && each.at < at - 20_000,
  );
  const pull = `${path}/pulls/${push?.pull ?? random.pick(openAt(pulls, at)).number}`;
  const checks =
    push === undefined ? [] : ["check-runs", "status"].map((part) => `${path}/commits/${push.sha}/${part}`);
  return [`${path}/pulls`, pull, `${pull}/files`, `${pull}/reviews`, ...checks, `${pull}/commits`, pull];
}

function lookAtIssue({ path, issues }: Repository, at: number, random: SeededRandom): readonly string[] {
  const issue = `${path}/issues/${random.pick(openAt(issues, at)).number}`;
  return [`${path}/issues`, issue, `${issue}/comments`, `${path}/branches/main`];
}

/** Triage bots and dashboards: lists on the clock. */
function readsOfBots(repository: string, random: SeededRandom): Read[] {
  const rounds = [
    { path: `${repository}/actions/runs`, everyMs: MINUTE },
    { path: `${repository}/pulls`, everyMs: 2 * MINUTE },
    { path: `${repository}/issues`, everyMs: 2 * MINUTE },
  ];
  return rounds.flatMap(({ path, everyMs }) => {
    const first = PLAYED_FROM + random.between(0, everyMs);
    const count = Math.floor((PLAYED_UNTIL - PLAYED_FROM) / everyMs);
    return Array.from({ length: count }, (_, round): Read => ({
      at: first + round * everyMs,
      path,
      who: "bot",
      isGate: false,
    }));
  });
}

/** One or two watchers of a push, each at a pace of its own, until they have seen its run end. */
function watches({ repository, sha, runId, at, endsAt }: Push, random: SeededRandom): Read[] {
  const run = `${repository}/actions/runs/${runId}`;
  const paths = [run, `${run}/jobs`, `${repository}/commits/${sha}/check-runs`];
  return Array.from({ length: random.whole(1, 2) }, () => random.between(10, 60) * SECOND).flatMap((everyMs) => {
    const reads: Read[] = [];
    for (let when = at + 22 * SECOND + random.between(0, everyMs); when < endsAt + everyMs; when += everyMs) {
      reads.push(
        ...paths.map((path, index): Read => ({ at: when + index * 300, path, who: "watcher", isGate: false })),
      );
    }
    return reads;
  });
}
