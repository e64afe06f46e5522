/** What pull-head.ts and reshape.ts, which know no stage, may do of the pipeline for one request. */
import type { Found } from "./lookup.ts";
import type { Answer, Ask, Job } from "./stages.ts";

export interface Steps {
  readonly now: () => number;
  /** Runs on after the answer. */
  readonly background: (work: Promise<unknown>) => void;
  /** What is stored for a job, judged. @throws RelayError repo_not_public. */
  readonly look: (job: Job) => Promise<Found>;
  /** Serves what was found, or fills. @throws RelayError. */
  readonly answer: (job: Job, found: Found) => Promise<Answer>;
  /**
   * A question of the relay's own, under the same caller's rules and budget, in half the time that a request has. Its
   * units go on the trail. @throws RelayError.
   */
  readonly askBeside: (ask: Ask) => Promise<Answer>;
  /** True while isolate memory has an entry of this key, of any age. */
  readonly remembers: (cacheKey: string) => boolean;
  /** Stores an answer that was just filled under another job's key as well. @param found as before that fill. */
  readonly keepAs: (job: Job, answer: Answer, found: Found) => Promise<void>;
  /** Quota units of an answer that is not given to the caller. */
  readonly spent: (units: number) => void;
}
