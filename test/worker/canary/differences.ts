/**
 * What cleaning takes from an identity's answer that the public's own answer keeps, by the row's template. Each is a loss
 * we accept (docs/decisions/0009-what-may-stay.md).
 */
const HEADS = "a member finds the private fork there, which becomes null";
const PULL_STUBS = { "~.pull_requests[].head.repo": HEADS };
const RUN = { "~.head_repository": HEADS };
const RUNS = { "~.workflow_runs[].head_repository": HEADS };
const CHECK_RUNS = { "~.check_runs[].pull_requests[].head.repo": HEADS };
const WORKERS = "who works on an advisory is told to them; to others it is null or empty";

export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "/repos/{owner}/{repo}/actions/runs": RUNS,
  "/repos/{owner}/{repo}/actions/runs/{id}": RUN,
  "/repos/{owner}/{repo}/actions/runs/{id}/attempts/{attempt}": RUN,
  "/repos/{owner}/{repo}/actions/workflows/{workflow}/runs": RUNS,
  "/repos/{owner}/{repo}/commits/{sha}/check-runs": CHECK_RUNS,
  "/repos/{owner}/{repo}/commits/{ref}/check-runs": CHECK_RUNS,
  "/repos/{owner}/{repo}/check-suites/{id}/check-runs": CHECK_RUNS,
  "/repos/{owner}/{repo}/check-runs/{id}": PULL_STUBS,
  "/repos/{owner}/{repo}/pulls": { "~[].head.repo": HEADS },
  "/repos/{owner}/{repo}/pulls/{number}": { "~.head.repo": HEADS },
  "/repos/{owner}/{repo}/dependency-graph/compare/{basehead}": {
    "-[].source_repository_url": "a dependency may come from a private repository",
  },
  "/repos/{owner}/{repo}/security-advisories": {
    "-[].collaborating_teams": WORKERS,
    "-[].collaborating_users": WORKERS,
    "-[].private_fork": WORKERS,
    "-[].submission": WORKERS,
  },
};

/** The differences of one row that nobody has explained. */
export function unexplained(template: string, publicly: unknown, served: unknown): readonly string[] {
  const known = DIFFERENCES[template] ?? {};
  return differences(publicly, served).filter((one) => !Object.hasOwn(known, one));
}

/** Paths that differ: `-` is told to everybody and was removed, `+` is told to nobody else, `~` has another value. */
function differences(publicly: unknown, served: unknown): readonly string[] {
  return [...new Set(compare(publicly, served, ""))].toSorted();
}

function* compare(publicly: unknown, served: unknown, at: string): Generator<string> {
  if (Array.isArray(publicly) && Array.isArray(served)) {
    if (publicly.length !== served.length) yield `~${at}[] ${publicly.length} ${served.length}`;
    for (const [index, each] of publicly.entries())
      if (index < served.length) yield* compare(each, served[index], `${at}[]`);
  } else if (isRecord(publicly) && isRecord(served)) {
    for (const key of Object.keys(publicly)) {
      if (Object.hasOwn(served, key)) yield* compare(publicly[key], served[key], `${at}.${key}`);
      else yield `-${at}.${key}`;
    }
    for (const key of Object.keys(served))
      if (!Object.hasOwn(publicly, key) && served[key] !== null) yield `+${at}.${key}`;
  } else if (publicly !== served) yield `~${at}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
