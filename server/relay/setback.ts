/** An identity that was to serve a request and could not: kept with the request, for its audit row and its refusal. */
import type { ErrorCode } from "../../shared/errors.ts";

export interface Setback {
  readonly identityId: string;
  /** Of the catalogue: what an operator reads on, or mends. */
  readonly code: ErrorCode;
  /** GitHub's, where it refused an App its token. */
  readonly githubStatus?: number;
}

/** The last one, as details of the refusal. Empty: no identity was to blame. */
export function detailsOf(setbacks: readonly Setback[]): Readonly<Record<string, string>> {
  const last = setbacks.at(-1);
  if (last === undefined) return {};
  const { identityId: identity, code: identity_error, githubStatus } = last;
  return { identity, identity_error, ...(githubStatus === undefined ? {} : { github_status: `${githubStatus}` }) };
}
