/**
 * THE error catalogue. A refusal is named here once: its status on the wire, whether the caller may run the command
 * with their own `gh` instead, and the sentence people read. `docs/errors.md` is generated from it.
 */
import { DASHBOARD_PROBLEMS } from "./dashboard-problems.ts";
import { IDENTITY_PROBLEMS } from "./identity-problems.ts";

export interface ErrorSpec {
  /** HTTP status on every door but the relay; there a refusal that may fall back is 424 `fallback_local` (2-wire). */
  readonly status: number;
  /** True: the relay door answers 424 `fallback_local` with this code as `details.reason`. */
  readonly mayFallBack: boolean;
  /** The CLI asks the relay again shortly before it falls back. */
  readonly transient?: boolean;
  /** What happened and what to do, in one or two sentences. */
  readonly says: string;
}

export const ERRORS = {
  // The request itself
  not_found: {
    status: 404,
    mayFallBack: false,
    says: "There is nothing at this path. GET /openapi.json lists what there is.",
  },
  method_not_allowed: {
    status: 405,
    mayFallBack: false,
    says: "This path does not take that method; the Allow header names those it takes.",
  },
  unsupported_media_type: { status: 415, mayFallBack: false, says: "Send the body as application/json." },
  invalid_json: { status: 400, mayFallBack: false, says: "The body is not a JSON object." },
  invalid_request: { status: 400, mayFallBack: false, says: "A field of the body is missing or has the wrong shape." },
  invalid_path: {
    status: 400,
    mayFallBack: false,
    says: "The path must be absolute, without a query, dot segments, backslashes or malformed escapes.",
  },
  invalid_query: {
    status: 400,
    mayFallBack: false,
    says: "A query parameter looks like it carries a secret. Send credentials in no query.",
  },
  invalid_window: {
    status: 400,
    mayFallBack: false,
    says: "Give the window as minutes, hours or days, such as 30m, 24h or 7d, from 1 minute to 30 days.",
  },
  method_denied: { status: 403, mayFallBack: false, says: "The relay answers GET only. Run writes with your own gh." },
  request_too_large: { status: 413, mayFallBack: false, says: "The request body is over the limit of this endpoint." },
  internal_error: {
    status: 500,
    mayFallBack: false,
    says: "Something unexpected went wrong. Try again; if it stays, tell your operator the request id.",
  },
  rate_limited: {
    status: 429,
    mayFallBack: false,
    says: "Too many attempts from this address. Wait as long as retry-after says.",
  },

  // Who asks
  missing_auth: {
    status: 401,
    mayFallBack: false,
    says: "Send the caller token as Authorization: Bearer op_…, or run octopool login.",
  },
  invalid_auth: {
    status: 401,
    mayFallBack: false,
    says: "The caller token is unknown, revoked, or not for this pool. Run octopool login again.",
  },
  invalid_admin_auth: { status: 401, mayFallBack: false, says: "The admin token is wrong." },
  admin_unconfigured: {
    status: 503,
    mayFallBack: false,
    says: "This server has no OCTOPOOL_ADMIN_TOKEN, so its admin doors are closed.",
  },
  github_auth_failed: {
    status: 401,
    mayFallBack: false,
    says: "GitHub did not accept this token. Run gh auth login, then octopool login again.",
  },
  pool_denied: { status: 403, mayFallBack: false, says: "Logins are not open for this pool." },
  org_member_denied: {
    status: 403,
    mayFallBack: false,
    says: "This GitHub user is not a member of the allowed organization.",
  },
  org_verification_failed: {
    status: 502,
    mayFallBack: true,
    says: "GitHub's answer about the organization membership proved nothing.",
  },
  org_verification_unavailable: {
    status: 503,
    mayFallBack: true,
    says: "GitHub could not be asked about the organization membership.",
  },
  origin_denied: {
    status: 403,
    mayFallBack: false,
    says: "A change must come from a page of this server. Reload the page and try again.",
  },
  misconfigured: {
    status: 503,
    mayFallBack: true,
    says: "This server's configuration is incomplete. The operator finds the name of the value in details and in the log.",
  },

  // Webhooks
  invalid_signature: {
    status: 401,
    mayFallBack: false,
    says: "The delivery is not signed with this server's GITHUB_WEBHOOK_SECRET. Set the same secret in the webhook.",
  },
  webhook_deferred: {
    status: 503,
    mayFallBack: false,
    says: "The delivery could not be taken now and nothing of it was. The hourly sweep asks an App's webhook for it again.",
  },

  // Provisioning
  caller_not_found: { status: 404, mayFallBack: false, says: "GitHub knows no user with that login." },
  pool_not_found: { status: 404, mayFallBack: false, says: "There is no pool of that name." },
  invalid_policy: {
    status: 400,
    mayFallBack: false,
    says: "The policy has a member that is unknown or of the wrong shape.",
  },
  identity_conflict: {
    status: 409,
    mayFallBack: false,
    says: "An identity with this id exists in another pool or is of another kind.",
  },
  identity_kind_unsupported: { status: 400, mayFallBack: false, says: "An identity is a pat or a github_app." },
  installation_id_required: {
    status: 400,
    mayFallBack: false,
    says: "A github_app identity needs its installation_id.",
  },
  secret_ref_reserved: {
    status: 400,
    mayFallBack: false,
    says: "secret_ref must name a secret of its own, such as PAT_ALICE, not one of the service's settings.",
  },
  github_unreachable: { status: 502, mayFallBack: false, says: "GitHub could not be asked. Try again." },

  ...DASHBOARD_PROBLEMS,
  ...IDENTITY_PROBLEMS,

  // Why the relay does not serve a safe read: 424 fallback_local with the code as reason
  fallback_local: {
    status: 424,
    mayFallBack: true,
    says: "The relay does not serve this read; run it with your own gh.",
  },
  route_denied: {
    status: 424,
    mayFallBack: true,
    says: "This path, query or media type is not in the relay's catalogue; run it with your own gh.",
  },
  search_denied: {
    status: 424,
    mayFallBack: true,
    says: "This pool's policy does not allow this search; run it with your own gh.",
  },
  logs_denied: {
    status: 424,
    mayFallBack: true,
    says: "This pool's policy does not allow logs; run it with your own gh.",
  },
  owner_denied: {
    status: 424,
    mayFallBack: true,
    says: "This pool's policy does not allow this owner; run it with your own gh.",
  },
  repo_not_public: {
    status: 424,
    mayFallBack: true,
    says: "The repository is not proven public; run it with your own gh.",
  },
  repo_public_check_failed: {
    status: 424,
    mayFallBack: true,
    says: "GitHub did not say whether the repository is public; run it with your own gh.",
  },
  no_identity: {
    status: 424,
    mayFallBack: true,
    says: "No pooled identity may serve this repository; run it with your own gh.",
  },
  identities_cooling_down: {
    status: 424,
    mayFallBack: true,
    transient: true,
    says: "Every identity that may serve this is resting; try again shortly or run it with your own gh.",
  },
  identity_pool_depleted: {
    status: 424,
    mayFallBack: true,
    transient: true,
    says: "Every identity that may serve this has spent its quota; run it with your own gh.",
  },
  github_identity_depleted: {
    status: 424,
    mayFallBack: true,
    transient: true,
    says: "GitHub says the identity's quota is spent; run it with your own gh.",
  },
  github_rate_limited: {
    status: 424,
    mayFallBack: true,
    transient: true,
    says: "GitHub asks to slow down; try again shortly or run it with your own gh.",
  },
  github_identity_unauthorized: {
    status: 424,
    mayFallBack: true,
    says: "GitHub refused the pooled identity's credential; the operator must renew it. Run it with your own gh.",
  },
  github_identity_forbidden: {
    status: 424,
    mayFallBack: true,
    says: "The pooled identity may not read this; run it with your own gh.",
  },
  github_response_too_large: {
    status: 424,
    mayFallBack: true,
    says: "GitHub's answer is larger than the relay carries; run it with your own gh.",
  },
  web_only_unavailable: {
    status: 424,
    mayFallBack: true,
    says: "Only a token-free source may serve this and none can right now; run it with your own gh.",
  },
  pagination_exhausted: {
    status: 424,
    mayFallBack: true,
    says: "The page asked for lies past what can be served; run it with your own gh.",
  },
  relay_unreachable: {
    status: 502,
    mayFallBack: false,
    says: "The relay behind this host did not answer. Try again; if it stays, tell your operator.",
  },
  relay_overloaded: {
    status: 424,
    mayFallBack: true,
    transient: true,
    says: "You have too much in progress at the relay; try again shortly or run it with your own gh.",
  },
  github_unavailable: {
    status: 424,
    mayFallBack: true,
    says: "GitHub does not answer and there is no copy young enough; try again later.",
  },
  github_redirect_denied: {
    status: 424,
    mayFallBack: true,
    says: "GitHub redirects to a place the relay does not follow; run it with your own gh.",
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;
/** Codes the relay door turns into `fallback_local`. */
export type FallbackReason = {
  [C in ErrorCode]: (typeof ERRORS)[C]["mayFallBack"] extends true ? C : never;
}[ErrorCode];

export interface RelayErrorOptions {
  /** A sentence for this occasion; the catalogue's otherwise. Must hold nothing secret: it goes to the wire. */
  readonly message?: string;
  /** Flat strings only: published clients lose the code of anything else. */
  readonly details?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal by its name. Thrown anywhere, written to the wire only by `server/http/respond.ts`. */
export class RelayError extends Error {
  override readonly name = "RelayError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: ErrorCode, options: RelayErrorOptions = {}) {
    super(options.message ?? ERRORS[code].says, { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.headers = options.headers;
  }

  get spec(): ErrorSpec {
    return ERRORS[this.code];
  }
}
