/** What changes at GitHub in a team's hours, and which webhook events tell of it. A pure function of the seed. */
import { Chronicle, type Told } from "./chronicle.ts";
import { playRun } from "./ci-run.ts";
import { PLAYED_FROM, PLAYED_UNTIL } from "./day.ts";
import { openAt, planLives, type Life } from "./lives.ts";
import { SeededRandom } from "../../scripts/seeded-random.ts";
import type { Change, Thing } from "./thing.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const OWNER = "team";
const REPOSITORIES = 6;
/** A pull is merged about every 40 minutes, and whoever merged it soon opens the next. */
const PULLS = {
  places: 8,
  meanMs: 320 * MINUTE,
  meanGapMs: 20 * MINUTE,
  firstNumber: 1,
  laterNumber: 201,
};
const ISSUES = {
  places: 10,
  meanMs: 400 * MINUTE,
  meanGapMs: 20 * MINUTE,
  firstNumber: 101,
  laterNumber: 401,
};

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

export interface Repository {
  /** `/repos/{owner}/{repo}` */
  readonly path: string;
  readonly pulls: readonly Life[];
  readonly issues: readonly Life[];
}

export interface World {
  readonly things: ReadonlyMap<string, Thing>;
  readonly told: readonly Told[];
  readonly pushes: readonly Push[];
  readonly repositories: readonly Repository[];
}

export function buildWorld(seed: number): World {
  return new Builder(new SeededRandom(seed)).build();
}

class Builder {
  readonly #random: SeededRandom;
  readonly #into: Chronicle;
  readonly #pushes: Push[] = [];
  #runId = 1000;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#into = new Chronicle(random);
  }

  build(): World {
    const repositories = Array.from({ length: REPOSITORIES }, (_, index) => this.#repository(index));
    this.#pushes.sort((left, right) => left.at - right.at);
    return { ...this.#into.end(), pushes: this.#pushes, repositories };
  }

  #repository(index: number): Repository {
    const path = `/repos/${OWNER}/app-${index}`;
    const [pulls, issues] = [planLives(PULLS, this.#random), planLives(ISSUES, this.#random)];
    const before = { at: PLAYED_FROM - MINUTE, moving: 0 };
    for (const list of ["pulls", "issues"]) this.#into.touch(`${path}/${list}`, "list", before);
    this.#into.touch(`${path}/actions/runs`, "runs", before);
    this.#into.touch(`${path}/branches/main`, "branch", before);
    for (const pull of pulls) this.#livePull(path, pull);
    for (const issue of issues) this.#liveIssue(path, issue);
    const among = (lives: readonly Life[], happen: (life: Life, at: number) => void) => (at: number) => {
      const open = openAt(lives, at);
      if (open.length > 0) happen(this.#random.pick(open), at);
    };
    const push = among(pulls, (pull, at) => this.#pushToPull(path, pull, at, "synchronize"));
    this.#every(16 * MINUTE, (at) => (this.#random.next() < 0.8 ? push(at) : this.#pushToMain(path, at)));
    this.#every(
      4 * MINUTE,
      among(issues, ({ number }, at) => this.#comment(path, number, at)),
    );
    this.#every(
      10 * MINUTE,
      among(pulls, ({ number }, at) => this.#review(path, number, at)),
    );
    return { path, pulls, issues };
  }

  #livePull(repository: string, pull: Life): void {
    const { number, from, until } = pull;
    const at = Math.max(from, PLAYED_FROM - MINUTE);
    for (const part of ["files", "commits", "reviews"]) {
      this.#into.touch(`${repository}/pulls/${number}/${part}`, "list", { at, moving: 0 });
    }
    if (from < PLAYED_FROM) this.#into.touch(`${repository}/pulls/${number}`, "pull", { at, moving: 0, state: "open" });
    else this.#pushToPull(repository, pull, from, "opened");
    if (until >= PLAYED_UNTIL) return;
    this.#changePull(repository, number, { at: until, moving: 0, state: "merged" });
    this.#into.tell(until, "pull_request", repository, { action: "closed", number, pull_request: { number } });
    this.#pushToMain(repository, until + SECOND);
  }

  #liveIssue(repository: string, { number, from, until }: Life): void {
    const at = Math.max(from, PLAYED_FROM - MINUTE);
    this.#into.touch(`${repository}/issues/${number}/comments`, "list", { at, moving: 0 });
    this.#into.touch(`${repository}/issues/${number}`, "issue", { at, moving: 0, state: "open" });
    if (from >= PLAYED_FROM) this.#tellIssue(repository, number, from, "opened");
    if (until >= PLAYED_UNTIL) return;
    this.#into.touch(`${repository}/issues/${number}`, "issue", { at: until, moving: 0, state: "closed" });
    this.#tellIssue(repository, number, until, "closed");
  }

  #tellIssue(repository: string, number: number, at: number, action: string): void {
    this.#into.touch(`${repository}/issues`, "list", { at, moving: 0 });
    this.#into.tell(at, "issues", repository, { action, issue: { number } });
  }

  #pushToMain(repository: string, at: number): void {
    this.#into.touch(`${repository}/branches/main`, "branch", { at, moving: 0 });
    this.#push(repository, at, undefined);
  }

  #pushToPull(repository: string, { number, until }: Life, at: number, action: "opened" | "synchronize"): void {
    // GitHub says null until it has worked out whether the pull can be merged, and tells nobody when it has.
    this.#changePull(repository, number, { at, moving: 0, state: "undecided" });
    const decidedAt = at + this.#random.between(2, 6) * SECOND;
    const decided = { at: decidedAt, moving: 0, state: "open", untold: true } as const;
    if (decidedAt < until) this.#into.touch(`${repository}/pulls/${number}`, "pull", decided);
    if (action === "synchronize") {
      for (const part of ["files", "commits"]) {
        this.#into.touch(`${repository}/pulls/${number}/${part}`, "list", { at, moving: 0 });
      }
    }
    this.#into.tell(at, "pull_request", repository, { action, number, pull_request: { number } });
    this.#push(repository, at, number);
  }

  #push(repository: string, at: number, pull: number | undefined): void {
    const [sha, branch] = [this.#random.sha(), pull === undefined ? "main" : `topic-${pull}`];
    const commits = [{ added: [], modified: ["a.ts"], removed: [] }];
    this.#into.tell(at, "push", repository, { ref: `refs/heads/${branch}`, after: sha, forced: false, commits });
    const runId = ++this.#runId;
    const endsAt = playRun({ repository, runId, sha, branch }, at + 2 * SECOND, this.#into, this.#random);
    this.#pushes.push({ at, repository, sha, runId, pull, endsAt });
  }

  #comment(repository: string, number: number, at: number): void {
    this.#into.touch(`${repository}/issues/${number}`, "issue", { at, moving: 0 });
    this.#into.touch(`${repository}/issues/${number}/comments`, "list", { at, moving: 0 });
    this.#into.touch(`${repository}/issues`, "list", { at, moving: 0 });
    this.#into.tell(at, "issue_comment", repository, { action: "created", issue: { number }, comment: { id: 1 } });
  }

  #review(repository: string, number: number, at: number): void {
    this.#into.touch(`${repository}/pulls/${number}/reviews`, "list", { at, moving: 0 });
    this.#changePull(repository, number, { at, moving: 0 });
    const payload = { action: "submitted", review: { id: 1 }, pull_request: { number } };
    this.#into.tell(at, "pull_request_review", repository, payload);
  }

  /** Every pull is an issue too: `updated_at` moves in both lists. */
  #changePull(repository: string, number: number, change: Change): void {
    this.#into.touch(`${repository}/pulls/${number}`, "pull", change);
    for (const list of ["pulls", "issues"]) {
      this.#into.touch(`${repository}/${list}`, "list", { at: change.at, moving: 0 });
    }
  }

  #every(meanMs: number, happen: (at: number) => void): void {
    for (let at = PLAYED_FROM + this.#random.wait(meanMs); at < PLAYED_UNTIL; at += this.#random.wait(meanMs)) {
      happen(Math.round(at));
    }
  }
}
