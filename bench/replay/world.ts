/** What changes at GitHub in a team's working day, and which webhook events tell of it. A pure function of the seed. */
import { SeededRandom } from "./random.ts";
import { Thing, type Change, type Shape } from "./thing.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const DAY_STARTS_AT = Date.UTC(2026, 0, 5, 8);
export const DAY_MS = 8 * 60 * MINUTE;
export const OWNER = "team";
const REPOSITORIES = 6;
const PULLS = 8;
const ISSUES = 10;
const JOBS = 3;
/** How long after a change its event is delivered. */
const TOLD_AFTER_MS = [500, 2_000] as const;

export interface Told {
  readonly at: number;
  readonly event: string;
  readonly payload: object;
}

/** A push and the run it starts, for those who watch it. */
export interface Push {
  readonly at: number;
  readonly repository: string;
  readonly sha: string;
  readonly runId: number;
  /** Undefined: to the default branch. */
  readonly pull: number | undefined;
  readonly endsAt: number;
}

export interface World {
  readonly things: ReadonlyMap<string, Thing>;
  readonly told: readonly Told[];
  readonly pushes: readonly Push[];
  readonly repositories: readonly string[];
}

export function buildWorld(seed: number): World {
  return new Builder(new SeededRandom(seed)).build();
}

class Builder {
  readonly #random: SeededRandom;
  readonly #things = new Map<string, Thing>();
  readonly #told: Told[] = [];
  readonly #pushes: Push[] = [];
  #runId = 1000;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  build(): World {
    const repositories = Array.from({ length: REPOSITORIES }, (_, index) => `/repos/${OWNER}/app-${index}`);
    for (const repository of repositories) {
      this.#begin(repository);
      this.#every(16 * MINUTE, (at) => this.#push(repository, at));
      this.#every(4 * MINUTE, (at) => this.#comment(repository, at));
      this.#every(10 * MINUTE, (at) => this.#review(repository, at));
      this.#every(20 * MINUTE, (at) => this.#closeIssue(repository, at));
      this.#every(40 * MINUTE, (at) => this.#merge(repository, at));
    }
    for (const thing of this.#things.values()) thing.sort();
    this.#told.sort((left, right) => left.at - right.at);
    this.#pushes.sort((left, right) => left.at - right.at);
    return { things: this.#things, told: this.#told, pushes: this.#pushes, repositories };
  }

  /** What is there in the morning. */
  #begin(repository: string): void {
    const lists = ["/pulls", "/issues"].map((path) => [path, "list"] as const);
    const pulls = numbers(PULLS).flatMap((number) => [
      [`/pulls/${number}`, "pull"] as const,
      ...["files", "commits", "reviews"].map((part) => [`/pulls/${number}/${part}`, "list"] as const),
    ]);
    const issues = numbers(ISSUES).flatMap((number) => [
      [`/issues/${100 + number}`, "issue"] as const,
      [`/issues/${100 + number}/comments`, "list"] as const,
    ]);
    const rest = [["/actions/runs", "runs"] as const, ["/branches/main", "branch"] as const];
    for (const [path, shape] of [...lists, ...pulls, ...issues, ...rest]) {
      this.#touch(repository + path, shape, { at: DAY_STARTS_AT - MINUTE, moving: 0, state: "open" });
    }
  }

  #push(repository: string, at: number): void {
    const pull = this.#random.next() < 0.8 ? this.#random.whole(1, PULLS) : undefined;
    this.#pushTo(repository, at, pull);
  }

  #pushTo(repository: string, at: number, pull: number | undefined): void {
    const [sha, branch] = [this.#random.sha(), pull === undefined ? "main" : `topic-${pull}`];
    const pushed = {
      ref: `refs/heads/${branch}`,
      after: sha,
      forced: false,
      commits: [{ added: [], modified: ["a.ts"], removed: [] }],
    };
    this.#tell(at, "push", repository, pushed);
    if (pull === undefined) this.#touch(`${repository}/branches/main`, "branch", { at, moving: 0 });
    else {
      // GitHub says null until it has worked out whether the pull can be merged, and tells nobody when it has.
      this.#changePull(repository, pull, at, { at, moving: 0, state: "undecided" });
      const decided = { at: at + this.#random.between(2, 6) * SECOND, moving: 0, state: "open", untold: true } as const;
      this.#touch(`${repository}/pulls/${pull}`, "pull", decided);
      for (const part of ["files", "commits"])
        this.#touch(`${repository}/pulls/${pull}/${part}`, "list", { at, moving: 0 });
      this.#tell(at, "pull_request", repository, {
        action: "synchronize",
        number: pull,
        pull_request: { number: pull },
      });
    }
    const runId = ++this.#runId;
    const endsAt = this.#run(repository, at + 2 * SECOND, { runId, sha, branch });
    this.#pushes.push({ at, repository, sha, runId, pull, endsAt });
  }

  /** Queued, in progress and completed, with jobs that are check runs of the commit too. */
  #run(repository: string, at: number, { runId, sha, branch }: { runId: number; sha: string; branch: string }): number {
    const run = { id: runId, head_sha: sha, head_branch: branch, check_suite_id: runId * 10 };
    const [list, view] = [`${repository}/actions/runs`, `${repository}/actions/runs/${runId}`];
    const jobs = `${view}/jobs`;
    const [checks, status] = [`${repository}/commits/${sha}/check-runs`, `${repository}/commits/${sha}/status`];
    const move = (when: number, action: string, moving: number) => {
      this.#touch(list, "runs", { at: when, moving });
      this.#touch(view, "run", { at: when, moving });
      this.#tell(when, "workflow_run", repository, { action, workflow_run: run });
    };
    move(at, "requested", 1);
    move(at + 6 * SECOND, "in_progress", 0);
    this.#touch(status, "status", { at, moving: 1 });
    this.#tell(at, "status", repository, { sha, state: "pending", branches: [{ name: branch }] });
    const ends = numbers(JOBS).map((job) => {
      const begins = at + 6 * SECOND + this.#random.between(0, 10) * SECOND;
      const ended = begins + this.#random.between(1.5, 9) * MINUTE;
      for (const [when, action, moving] of [
        [begins, "in_progress", 1],
        [ended, "completed", -1],
      ] as const) {
        this.#touch(jobs, "jobs", { at: when, moving });
        this.#touch(checks, "checks", { at: when, moving });
        const id = runId * 10 + job;
        this.#tell(when, "workflow_job", repository, {
          action,
          workflow_job: { id, run_id: runId, head_sha: sha, head_branch: branch },
        });
        this.#tell(when, "check_run", repository, {
          action,
          check_run: { id, head_sha: sha, check_suite: { id: run.check_suite_id, head_sha: sha, head_branch: branch } },
        });
      }
      return ended;
    });
    const endsAt = Math.max(...ends) + SECOND;
    move(endsAt, "completed", -1);
    this.#touch(status, "status", { at: endsAt, moving: -1 });
    this.#tell(endsAt, "status", repository, { sha, state: "success", branches: [{ name: branch }] });
    return endsAt;
  }

  #comment(repository: string, at: number): void {
    const number = 100 + this.#random.whole(1, ISSUES);
    this.#touch(`${repository}/issues/${number}`, "issue", { at, moving: 0 });
    this.#touch(`${repository}/issues/${number}/comments`, "list", { at, moving: 0 });
    this.#touch(`${repository}/issues`, "list", { at, moving: 0 });
    this.#tell(at, "issue_comment", repository, { action: "created", issue: { number }, comment: { id: 1 } });
  }

  #review(repository: string, at: number): void {
    const number = this.#random.whole(1, PULLS);
    this.#touch(`${repository}/pulls/${number}/reviews`, "list", { at, moving: 0 });
    this.#changePull(repository, number, at, { at, moving: 0 });
    this.#tell(at, "pull_request_review", repository, {
      action: "submitted",
      review: { id: 1 },
      pull_request: { number },
    });
  }

  #closeIssue(repository: string, at: number): void {
    const number = 100 + this.#random.whole(1, ISSUES);
    const reopened = this.#random.next() < 0.5;
    this.#touch(`${repository}/issues/${number}`, "issue", { at, moving: 0, state: reopened ? "open" : "closed" });
    this.#touch(`${repository}/issues`, "list", { at, moving: 0 });
    this.#tell(at, "issues", repository, { action: reopened ? "reopened" : "closed", issue: { number } });
  }

  #merge(repository: string, at: number): void {
    const number = this.#random.whole(1, PULLS);
    this.#changePull(repository, number, at, { at, moving: 0, state: "merged" });
    this.#tell(at, "pull_request", repository, { action: "closed", number, pull_request: { number } });
    this.#pushTo(repository, at + SECOND, undefined);
  }

  /** Every pull is an issue too: `updated_at` moves in both lists. */
  #changePull(repository: string, number: number, at: number, change: Change): void {
    this.#touch(`${repository}/pulls/${number}`, "pull", change);
    for (const list of ["pulls", "issues"]) this.#touch(`${repository}/${list}`, "list", { at, moving: 0 });
  }

  #every(meanMs: number, happen: (at: number) => void): void {
    const end = DAY_STARTS_AT + DAY_MS;
    for (let at = DAY_STARTS_AT + this.#random.wait(meanMs); at < end; at += this.#random.wait(meanMs)) {
      happen(Math.round(at));
    }
  }

  #touch(path: string, shape: Shape, change: Change): void {
    const thing = this.#things.get(path) ?? new Thing(path, shape);
    this.#things.set(path, thing);
    thing.change({ ...change, at: Math.round(change.at) });
  }

  #tell(at: number, event: string, repository: string, payload: object): void {
    const told = Math.round(at + this.#random.between(...TOLD_AFTER_MS));
    const fullName = repository.slice("/repos/".length);
    this.#told.push({ at: told, event, payload: { ...payload, repository: { full_name: fullName } } });
  }
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
