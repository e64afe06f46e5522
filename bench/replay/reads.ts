/** Who reads what, when: people in bursts, bots on the clock, watchers of each push until its run has ended. */
import { SeededRandom } from "./random.ts";
import { DAY_MS, DAY_STARTS_AT, type Push, type World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PEOPLE = 24;
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
  for (let person = 0; person < PEOPLE; person++) reads.push(...personsDay(world, random));
  for (const repository of world.repositories) reads.push(...botsDay(repository, random));
  for (const push of world.pushes) reads.push(...watches(push, random));
  const end = DAY_STARTS_AT + DAY_MS;
  const inDay = reads.filter(({ at }) => at < end).toSorted((left, right) => left.at - right.at);
  let last = 0;
  return inDay.map((read) => ({ ...read, at: (last = Math.max(last + 1, Math.round(read.at))) }));
}

function personsDay(world: World, random: SeededRandom): Read[] {
  const reads: Read[] = [];
  const end = DAY_STARTS_AT + DAY_MS;
  for (let at = DAY_STARTS_AT + random.wait(15 * MINUTE); at < end; at += random.wait(15 * MINUTE)) {
    const repository = random.pick(world.repositories);
    const paths = random.next() < 0.6 ? lookAtPull(world, repository, at, random) : lookAtIssue(repository, random);
    let when = at;
    for (const path of paths) {
      const isGate = /\/pulls\/\d+$/.test(path) && random.next() < GATE_SHARE;
      reads.push({ at: (when += random.between(1, 15) * SECOND), path, who: "person", isGate });
    }
  }
  return reads;
}

function lookAtPull(world: World, repository: string, at: number, random: SeededRandom): readonly string[] {
  const push = world.pushes.findLast(
    (each) => each.repository === repository && each.pull !== undefined && each.at < at - 20_000,
  );
  const number = push?.pull ?? random.whole(1, 8);
  const pull = `${repository}/pulls/${number}`;
  const checks =
    push === undefined ? [] : ["check-runs", "status"].map((part) => `${repository}/commits/${push.sha}/${part}`);
  return [`${repository}/pulls`, pull, `${pull}/files`, `${pull}/reviews`, ...checks, `${pull}/commits`, pull];
}

function lookAtIssue(repository: string, random: SeededRandom): readonly string[] {
  const issue = `${repository}/issues/${100 + random.whole(1, 10)}`;
  return [`${repository}/issues`, issue, `${issue}/comments`, `${repository}/branches/main`];
}

/** Triage bots and dashboards: lists on the clock. */
function botsDay(repository: string, random: SeededRandom): Read[] {
  const rounds = [
    { path: `${repository}/actions/runs`, everyMs: MINUTE },
    { path: `${repository}/pulls`, everyMs: 2 * MINUTE },
    { path: `${repository}/issues`, everyMs: 2 * MINUTE },
  ];
  return rounds.flatMap(({ path, everyMs }) => {
    const first = DAY_STARTS_AT + random.between(0, everyMs);
    const count = Math.floor(DAY_MS / everyMs);
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
