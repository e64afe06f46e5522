import { apiOutcome } from "./api.ts";
import { isApiPath, type Ask, type Outcome } from "./ask.ts";
import type { WorldAnswer } from "./question.ts";
import { refusal, secondaryLimit } from "./refusal.ts";
import type { StandInState } from "./state.ts";
import type { Fault } from "./vocabulary.ts";
import { webOutcome } from "./web-origin.ts";

/** The whole decision: a fault, else a script or the world, of the API or of the web origin. */
export function answer(state: StandInState, ask: Ask): Outcome {
  const fault = state.disturbances.takeFault({ method: ask.method, path: ask.path, credential: ask.credentialName });
  const replaced = fault === undefined ? undefined : replacement(fault);
  if (replaced !== undefined) return apiOutcome(state, ask, replaced);
  const web = isApiPath(ask.path) ? undefined : webOutcome(state, ask);
  const outcome = web ?? apiOutcome(state, ask);
  switch (fault?.kind) {
    case "hang":
    case "reset":
    case "truncated":
      return { ...outcome, transfer: { kind: fault.kind } };
    case "slow":
      return {
        ...outcome,
        transfer: { kind: "slow", chunkBytes: fault.chunk_bytes ?? 1024, everyMs: fault.every_ms ?? 20 },
      };
    default:
      return outcome;
  }
}

/** Faults that are answers of their own; undefined for those that spoil the transfer of the true answer. */
function replacement(fault: Fault): WorldAnswer | undefined {
  switch (fault.kind) {
    case "status": {
      const body = fault.body_text ?? "<html><body><h1>Unicorn!</h1></body></html>\n";
      return { status: fault.status, contentType: "text/html; charset=utf-8", body, hasEtag: false };
    }
    case "secondary":
      return secondaryLimit(fault.status, fault.retry_after);
    case "unauthorized":
      return refusal(401, "Bad credentials");
    case "forbidden":
      return forbidden(fault.reason);
    case "hang":
    case "reset":
    case "truncated":
    case "slow":
      return undefined;
    default:
      return fault satisfies never;
  }
}

function forbidden(reason: "sso" | "permission" | "ip_allow_list"): WorldAnswer {
  switch (reason) {
    case "sso": {
      const message =
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
      const url = "required; url=https://github.com/orgs/acme-inc/sso?authorization_request=stand-in";
      return { ...refusal(403, message), headers: { "x-github-sso": url } };
    }
    case "permission":
      return refusal(403, "Resource not accessible by personal access token");
    case "ip_allow_list":
      return refusal(
        403,
        "Although you appear to have the correct authorization credentials, the `acme-inc` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
      );
    default:
      return reason satisfies never;
  }
}
