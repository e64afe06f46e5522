/** The meanings of failure, and the only place where an error becomes an exit code. */
import type { Io } from "./io.ts";

const EXIT_CODES = { failure: 1, usage: 2, not_logged_in: 4, no_results: 0 } as const;
export type Meaning = keyof typeof EXIT_CODES;

export interface ProblemFacts {
  /** What to type next. */
  readonly next?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Something a person can act on. The message says what happened and why; it must hold nothing secret. */
export class Problem extends Error {
  override readonly name: string = "Problem";
  readonly meaning: Meaning;
  readonly next: string | undefined;
  readonly requestId: string | undefined;

  constructor(meaning: Meaning, message: string, facts: ProblemFacts = {}) {
    super(message);
    this.meaning = meaning;
    this.next = facts.next;
    this.requestId = facts.requestId;
  }
}

/** The command was understood and did not succeed. */
export class Failure extends Problem {
  override readonly name = "Failure";
  constructor(message: string, facts: ProblemFacts = {}) {
    super("failure", message, facts);
  }
}

/** The command line itself is wrong. */
export class UsageProblem extends Problem {
  override readonly name = "UsageProblem";
  constructor(message: string, next: string) {
    super("usage", message, { next });
  }
}

/** There is no caller token for the server, or the server no longer takes it. */
export class NotLoggedIn extends Problem {
  override readonly name = "NotLoggedIn";
  constructor(message: string, facts: ProblemFacts = {}) {
    super("not_logged_in", message, facts);
  }
}

/** Nothing to show is an answer, not a failure. */
export class NoResults extends Problem {
  override readonly name = "NoResults";
  constructor(message: string) {
    super("no_results", message);
  }
}

/** Runs the work and says how it ended. The only catch-all of the command line; it never prints a stack trace. */
export async function toExitCode(work: () => Promise<number | void>, io: Io): Promise<number> {
  try {
    return (await work()) ?? 0;
  } catch (error) {
    const problem = error instanceof Problem ? error : unexpected(error);
    io.note(problem.message);
    if (problem.next !== undefined) io.note(`next: ${problem.next}`);
    if (problem.requestId !== undefined) io.note(`request id: ${problem.requestId}`);
    return EXIT_CODES[problem.meaning];
  }
}

function unexpected(error: unknown): Failure {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "an unknown error";
  return new Failure(`Something unexpected went wrong (${text}).`, {
    next: "try again; if it stays, report this line and the output of octopool version",
  });
}
