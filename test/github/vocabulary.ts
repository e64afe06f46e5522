/** The words that tests and the stand-in GitHub share. No code that needs Node: workerd reads it too. */

/** GitHub's rate buckets (docs.github.com, "Rate limits for the REST API"). */
export type Resource = "core" | "search" | "code_search" | "graphql";

export interface QuotaSetting {
  readonly limit?: number;
  readonly remaining?: number;
  /** Epoch seconds. */
  readonly reset?: number;
}

/** Which requests a gate, a fault, a latency or a wait speaks of. What is absent matches everything. */
export interface RequestFilter {
  readonly method?: string;
  /** Compared after percent-decoding. */
  readonly path?: string;
  readonly path_prefix?: string;
  /** `anonymous`, `invalid`, or the login the credential belongs to. */
  readonly credential?: string;
}

export type QueryWords = Readonly<Record<string, string | readonly string[]>>;

/** One answer that wins over the world. The members are those of the published client's cases. */
export interface ScriptedAnswer {
  /** Compared after percent-decoding; a plus sign is a plus sign. */
  readonly path: string;
  /** Compared as a set, GitHub's defaults `page=1` and `per_page=30` left out on both sides. Absent: any query. */
  readonly query?: QueryWords;
  /** GET by default; HEAD asks the same question. */
  readonly method?: string;
  readonly status?: number;
  readonly content_type?: string;
  /** `${github_api}` and `${github_web}` in values stand for the stand-in's own origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly body_text?: string;
  readonly body_base64?: string;
  readonly body_bytes?: number;
  readonly body_fill?: { readonly text: string; readonly bytes: number };
  readonly repeat?: { readonly count: number; readonly item: unknown };
  readonly fail?: "hang" | "reset" | "truncated" | "slow";
  /** A request that does not carry these is not answered by this script. `accept` needs only to hold the word. */
  readonly request_headers?: Readonly<Record<string, string | null>>;
  /** How often it answers; then the next script or the world does. Absent: always. */
  readonly times?: number;
  /** True: earlier scripts of the same path are forgotten, used or not. */
  readonly instead?: boolean;
  /** Absent: every valid credential and none. `any`: invalid tokens too. Else only `anonymous` or that login. */
  readonly credential?: string;
}

/** Something that goes wrong for the matching requests, before the world or a script answers. */
export type Fault = { readonly match?: RequestFilter; readonly times?: number } & (
  | { readonly kind: "status"; readonly status: number; readonly body_text?: string }
  | { readonly kind: "hang" | "reset" | "truncated" }
  | { readonly kind: "slow"; readonly chunk_bytes?: number; readonly every_ms?: number }
  | { readonly kind: "secondary"; readonly status: 403 | 429; readonly retry_after?: number }
  | { readonly kind: "forbidden"; readonly reason: "sso" | "permission" | "ip_allow_list" }
  | { readonly kind: "unauthorized" }
);

export interface LogEntry {
  readonly seq: number;
  readonly method: string;
  /** As it was sent, percent-encoding included. */
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** `anonymous`, `invalid`, or a login; never the token. */
  readonly credential: string;
  readonly accept: string | null;
  readonly if_none_match: boolean;
  /** Null while the request is held or unanswered. */
  readonly status: number | null;
  /** Quota units this request cost. */
  readonly charged: number;
  /** Null where no API quota applies: the web origin, raw content, blobs. */
  readonly resource: Resource | null;
  /** Epoch milliseconds of arrival. */
  readonly at: number;
}

export interface UserSetting {
  readonly login: string;
  readonly id?: number;
  readonly name?: string;
  readonly type?: "User" | "Bot" | "Organization";
}

export interface TokenSetting {
  readonly token: string;
  readonly login: string;
  /** Shown in `x-oauth-scopes`. Null: a fine-grained token, whose scopes GitHub does not show. */
  readonly scopes?: readonly string[] | null;
}

export interface RepositorySetting {
  /** `owner/name`. */
  readonly full_name: string;
  readonly id?: number;
  readonly visibility?: "public" | "private";
  /** Logins that may see it while it is private, and its member-only fields always. */
  readonly members?: readonly string[];
  readonly default_branch?: string;
}

/** A private repository full of one word, and the logins that GitHub tells of it; see private-words.ts. */
export interface CanarySetting {
  /** Letters and digits only: it is also part of names. */
  readonly marker: string;
  /** Credentials that are told what any credential is, and nothing private. */
  readonly users: readonly string[];
  readonly members: readonly string[];
  readonly admins: readonly string[];
}

/** One request whose answer held the marker. */
export interface CanaryOffer {
  readonly credential: string;
  readonly path: string;
  readonly where: "body" | "headers";
}

export interface InstallationSetting {
  readonly id: number;
  readonly app_id: string;
  /** The account it is installed on, the quota's owner. */
  readonly account: string;
  /** SPKI or PKCS#1 public key in PEM. Absent: the JWT's claims are checked, its signature is not. */
  readonly public_key?: string;
  /** Its owner or GitHub has suspended it: no new tokens, and those handed out are refused. */
  readonly suspended?: boolean;
}

/** What GitHub answers to the App itself, in GitHub's own shapes; deliveries newest first. */
export interface AppSetting {
  readonly app_id: string;
  /** As in InstallationSetting. */
  readonly public_key?: string;
  readonly events: readonly string[];
  readonly installations: readonly {
    readonly id: number;
    readonly account: { readonly login: string };
    readonly events: readonly string[];
    readonly repository_selection: "all" | "selected";
    readonly suspended_at?: string | null;
  }[];
  readonly deliveries: readonly {
    readonly id: number;
    readonly guid: string;
    /** RFC 3339. */
    readonly delivered_at: string;
    readonly redelivery: boolean;
    readonly status_code: number;
    readonly event: string;
    readonly installation_id?: number | null;
    readonly repository_id?: number | null;
  }[];
  /** False: GitHub refuses to send one again. */
  readonly redelivers?: boolean;
}

/** The token every default user holds: `ghp_` and 36 more characters, the shape of a classic PAT. */
export function tokenOf(login: string): string {
  return `ghp_${login
    .replace(/[^A-Za-z0-9]/g, "")
    .padEnd(36, "0")
    .slice(0, 36)}`;
}
