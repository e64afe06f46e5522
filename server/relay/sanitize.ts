/**
 * Drops what a pooled credential sees and the public does not (3-github, What a pooled credential can see), before
 * anything is stored or served. The forbidden names go from every answer, whoever filled it, and win over what a shape
 * allows. Of what a credential read, only what its row's shape names stays, and of other repositories only what is proven
 * public.
 */
import {
  cutSpans,
  type MemberVerdict,
  type ObjectVerdict,
  type ObjectView,
  type SpanRules,
} from "./cleaning/json-spans.ts";
import type { References } from "./cleaning/references.ts";
import type { Shape } from "./cleaning/shape.ts";

/** Who read it: the public itself, an identity that sees only public things, or one that may see more. */
export type Reader = "anonymous" | "public_only" | "identity";

export type Cleaned =
  | { readonly kind: "clean"; readonly text: string; readonly filtered: boolean }
  /** Something private stands where cutting would change the answer's meaning: another source must be tried. */
  | { readonly kind: "refused" };

/** Gone wherever they stand. */
const ANYWHERE: ReadonlySet<string> = new Set([
  "role_name",
  "temp_clone_token",
  "security_and_analysis",
  "bypass_actors",
  "custom_properties",
  "parent_issue_url",
  "sub_issues_summary",
  "issue_dependencies_summary",
  "notification_email",
  "requested_team",
]);
const ANYWHERE_PATTERN = /^(viewer_|current_user_can_|two_factor_)/;
/** Settings that only people with push access see (docs.github.com, "Get a repository"). */
const REPOSITORY_SETTING =
  /^(allow_|delete_branch_on_merge$|use_squash_pr_title)|_merge_|^(squash_)?merge_commit_(title|message)$/;
const PROFILE_ONLY_OWN = /^(plan|collaborators|disk_usage|business_plus|ldap_dn)$|(^|_)private_/;
/** Judged by its value, or by who read it. */
const BY_CASE: ReadonlySet<string> = new Set([
  "permissions",
  "author_association",
  "requested_teams",
  "teams",
  "email",
  "commit_id",
  "commit_url",
]);

/** What cleaning may know beyond the text. Without it nothing is presumed. */
export interface Knowledge {
  /** Fields that may stay. Absent: all but the forbidden ones. */
  readonly shape?: Shape;
  /** Absent: only embedded repositories are judged, by what they say of themselves. */
  readonly references?: References;
  /** Elements a full page has: from a shorter one, which is the last anyway, elements may be dropped. */
  readonly perPage?: number;
  readonly isPublicMember?: (login: string) => boolean;
}

export function sanitizeJson(text: string, reader: Reader, knowledge: Knowledge = {}): Cleaned {
  const cleaned = cutSpans(text, rulesFor(reader, knowledge));
  if (cleaned === undefined) return { kind: "refused" };
  return { kind: "clean", text: cleaned, filtered: cleaned !== text };
}

function rulesFor(reader: Reader, knowledge: Knowledge): SpanRules {
  const { shape, references, perPage } = knowledge;
  return {
    ...(shape === undefined ? {} : { shape }),
    ...(perPage === undefined ? {} : { mayLose: (_lost, listed) => listed < perPage }),
    concerns: isConcern,
    member: (key, object) => judgeMember(key, object, reader, knowledge),
    object: (object) => {
      const verdict = judgeObject(object, reader);
      const byReference = references?.judge(object, isRepository(object)) ?? "keep";
      return verdict === "keep" || byReference === "lose" ? byReference : verdict;
    },
  };
}

/** Keys are few and come by the thousand. Of an object whose keys are data they may be many: then it begins anew. */
const CONCERNS = new Map<string, boolean>();
const MAX_CONCERNS = 4_096;

function isConcern(key: string): boolean {
  const known = CONCERNS.get(key);
  if (known !== undefined) return known;
  const found =
    ANYWHERE.has(key) ||
    ANYWHERE_PATTERN.test(key) ||
    BY_CASE.has(key) ||
    REPOSITORY_SETTING.test(key) ||
    PROFILE_ONLY_OWN.test(key);
  if (CONCERNS.size >= MAX_CONCERNS) CONCERNS.clear();
  CONCERNS.set(key, found);
  return found;
}

function judgeMember(key: string, object: ObjectView, reader: Reader, knowledge: Knowledge): MemberVerdict {
  if (ANYWHERE.has(key) || ANYWHERE_PATTERN.test(key)) return "drop";
  if (isRepository(object) && REPOSITORY_SETTING.test(key)) return "drop";
  if (isProfile(object) && PROFILE_ONLY_OWN.test(key)) return "drop";
  // What the asker may do. The array of this name is a license's: what everybody may do.
  if (key === "permissions") return object.raw(key)?.startsWith("[") ? "keep" : "drop";
  // GitHub shows addresses to credentials only; to the public this one is null.
  if (key === "email") return reader !== "anonymous" && isProfile(object) ? { replace: "null" } : "keep";
  if (reader !== "identity") return "keep";
  switch (key) {
    case "author_association":
      // A private member shows as MEMBER to other members only; the public sees CONTRIBUTOR.
      return object.raw(key) === '"MEMBER"' && !isPublicMember(object, knowledge)
        ? { replace: '"CONTRIBUTOR"' }
        : "keep";
    case "requested_teams":
    case "teams":
      return object.raw(key)?.startsWith("[") ? { replace: "[]" } : "keep";
    case "commit_id":
    case "commit_url":
      return knowledge.references?.pointsToHidden(object) === true ? { replace: "null" } : "keep";
    default:
      return "keep";
  }
}

function isPublicMember(object: ObjectView, { isPublicMember: isKnown }: Knowledge): boolean {
  const login = /"login"\s*:\s*"([^"\\]+)"/.exec(object.raw("user") ?? object.raw("actor") ?? "")?.[1];
  return login !== undefined && isKnown?.(login) === true;
}

function judgeObject(object: ObjectView, reader: Reader): ObjectVerdict {
  if (isRepository(object) && object.raw("private") !== "false") {
    // An embedded repository that says nothing is not proven public; GitHub itself writes null for one unseen.
    if (object.depth > 0 && !object.inArray) return { replace: "null" };
    if (object.raw("private") === "true" || (object.inArray && reader === "identity")) return "lose";
  }
  if (reader === "anonymous") return "keep";
  if (object.has("tag_name") && object.raw("draft") === "true") return "lose";
  if (isPendingReview(object)) return "lose";
  // Of a feed: it happened where not everybody sees it.
  if (object.has("payload") && object.raw("public") === "false") return "lose";
  if (reader !== "identity") return "keep";
  // Of a feed: who was made a member may hide it, and does not say so here.
  if (object.has("payload") && object.raw("type") === '"MemberEvent"') return "lose";
  return isTeamReviewer(object) ? "drop" : "keep";
}

function isPendingReview(object: ObjectView): boolean {
  if (object.raw("state")?.toUpperCase() !== '"PENDING"') return false;
  return object.has("pull_request_url") || object.raw("event") === '"reviewed"';
}

function isRepository(object: ObjectView): boolean {
  return object.has("full_name") && (object.has("private") || object.has("owner") || object.has("node_id"));
}

/** Teams may be secret. Of an environment the reviewer stands beside its type; of a ruleset it holds it itself. */
function isTeamReviewer(object: ObjectView): boolean {
  return object.raw("type") === '"Team"' && (object.has("reviewer") || object.under === "reviewer");
}

function isProfile(object: ObjectView): boolean {
  return object.has("login") && object.has("type");
}

/** What may leave of GitHub's headers (2-wire, headers); x-ratelimit-* only on live answers. */
const KEPT_HEADERS = [
  "content-type",
  "etag",
  "last-modified",
  "link",
  "retry-after",
  "x-github-request-id",
  "x-github-media-type",
  "x-poll-interval",
  "date",
  "content-disposition",
] as const;

export function keptHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers.get(name);
    if (value !== null) kept[name] = value;
  }
  return kept;
}

const RATE_LIMIT_HEADER = /^x-ratelimit-(limit|remaining|reset|used|resource)$/;

export function rateLimitHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of headers) if (RATE_LIMIT_HEADER.test(name)) kept[name] = value;
  return kept;
}
