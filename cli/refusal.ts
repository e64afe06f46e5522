/** A refusal of the server, read from whatever it sent, and what it means to the person at the keyboard. */
import { ERRORS } from "../shared/errors.ts";
import { Failure, NotLoggedIn, type Problem } from "./exit.ts";
import type { HttpAnswer } from "./http.ts";
import { objectAt, parseJson, textAt } from "./json.ts";

export interface Refusal {
  readonly status: number;
  /** Undefined where the answer is not the server's own error body (a proxy's page, a cut answer). */
  readonly code: string | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
  /** Strings only; other members are dropped. */
  readonly details: Readonly<Record<string, string>>;
}

/** Reads an error body of any quality. */
export function readRefusal(answer: HttpAnswer): Refusal {
  const error = objectAt(parseJson(answer.body.toString("utf8")), "error");
  const details = Object.entries(objectAt(error, "details")).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    status: answer.status,
    code: textAt(error, "code"),
    message: textAt(error, "message") ?? `The server answered ${answer.status} without saying why.`,
    requestId: textAt(error, "request_id") ?? answer.headers["x-octopool-request-id"],
    details: Object.fromEntries(details),
  };
}

/** Worth asking the relay again shortly (2-wire, "Fallback"): passing reasons, and failures of the server itself. */
export function isTransient({ status, code, details }: Refusal): boolean {
  if (code === "fallback_local") return isTransientReason(details["reason"] ?? "");
  if (code === "internal_error") return status >= 500;
  return code === undefined && (status === 502 || status === 503 || status === 504);
}

function isTransientReason(reason: string): boolean {
  const row = Object.entries(ERRORS).find(([code]) => code === reason)?.[1];
  return row !== undefined && "transient" in row;
}

/** The problem to end the command with. `next` says what to type where the code has no advice of its own. */
export function toProblem(refusal: Refusal, url: string, next?: string): Problem {
  const { code, requestId, details } = refusal;
  const reason = details["reason"];
  const why = [code, reason].filter((part) => part !== undefined).join(", ");
  const message = why === "" ? refusal.message : `${refusal.message} (${why})`;
  if (code === "missing_auth" || code === "invalid_auth") {
    const advice =
      reason === "org_denied" ? "ask your operator about your organization membership" : `octopool login ${url}`;
    return new NotLoggedIn(message, { next: advice, requestId });
  }
  return new Failure(message, { next: adviceFor(refusal) ?? next ?? usualAdvice(refusal), requestId });
}

const ADVICE: Readonly<Record<string, string>> = {
  invalid_path: "octopool routes shows the paths that the relay serves",
  invalid_query: "leave that parameter out; no relayed read needs a credential",
  invalid_window: "octopool stats --since 24h",
  caller_not_found: "check the spelling of the login",
  pool_not_found: "check the spelling of --pool",
  secret_ref_reserved: "choose another --secret-ref",
  misconfigured: "show your operator what octopool doctor says",
  admin_unconfigured: "set the secret OCTOPOOL_ADMIN_TOKEN on the server (wrangler secret put OCTOPOOL_ADMIN_TOKEN)",
  invalid_admin_auth: "set OCTOPOOL_ADMIN_TOKEN to the server's admin token",
  identity_conflict: "choose another --id, or the pool and kind the identity has already",
  installation_id_required: "add --installation-id N",
  internal_error: "try again; if it stays, give your operator the request id",
  org_member_denied: "ask an owner of the organization for membership",
  pool_denied: "leave --pool out to log in to the server's own default pool",
  rate_limited: "wait a minute and try again",
};

function adviceFor({ code, details }: Refusal): string | undefined {
  if (code === "github_auth_failed") return githubAdvice(details);
  return code === undefined ? undefined : ADVICE[code];
}

/** What the code does not tell, the kind of status does: whose mistake it is. */
function usualAdvice({ status }: Refusal): string {
  return status >= 500
    ? "try again; if it stays, give your operator the request id"
    : "octopool help <command> shows how it is written";
}

/** A spent GitHub token needs patience; any other refused one needs a new sign-in. */
function githubAdvice(details: Refusal["details"]): string {
  const after = details["github_retry_after"];
  if (after !== undefined) return `wait ${after} s, then octopool login again`;
  const reset = Number(details["github_rate_limit_reset"]);
  if (details["github_rate_limit_remaining"] === "0") {
    const until =
      Number.isSafeInteger(reset) && reset > 0 ? new Date(reset * 1000).toISOString() : "GitHub's limit resets";
    return `wait until ${until}, then octopool login again`;
  }
  return "gh auth login, then octopool login again";
}
