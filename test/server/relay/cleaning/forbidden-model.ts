/** What must be gone, over the parsed answer: written from 3-github's list, name by name, and not from the cleaner. */
import type { Shape } from "../../../../server/relay/cleaning/shape.ts";

type Members = Readonly<Record<string, unknown>>;

const namesIn = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((name) => name !== ""));

const GONE_ANYWHERE = namesIn(`
  role_name temp_clone_token security_and_analysis bypass_actors custom_properties parent_issue_url sub_issues_summary
  issue_dependencies_summary notification_email requested_team viewer_can_see current_user_can_approve
  two_factor_authentication`);
const GONE_OF_REPOSITORIES = namesIn(`
  allow_auto_merge allow_forking allow_merge_commit allow_rebase_merge allow_squash_merge allow_update_branch
  delete_branch_on_merge use_squash_pr_title_as_default squash_merge_commit_title squash_merge_commit_message
  merge_commit_title merge_commit_message`);
const GONE_OF_PROFILES = namesIn(`
  plan collaborators disk_usage private_gists total_private_repos owned_private_repos business_plus ldap_dn`);

/** Taken out of the object or list that holds it. */
const GONE = Symbol("gone");

/** The answer as the public itself is told it. */
export function withoutForbidden(value: unknown): unknown {
  return told(value, undefined, { isEmbedded: false, isListed: false });
}

/** The answer of an identity that sees nothing private; nothing in it may be of a kind that goes with its element. */
export function withoutUnlisted(value: unknown, shape: Shape): unknown {
  return told(value, shape, { isEmbedded: false, isListed: false });
}

interface Place {
  readonly isEmbedded: boolean;
  readonly isListed: boolean;
}

function told(value: unknown, shape: Shape | undefined, place: Place): unknown {
  if (Array.isArray(value))
    return value.map((each) => told(each, shape, { isEmbedded: true, isListed: true })).filter((each) => each !== GONE);
  if (!isMembers(value)) return value;
  if (shape === "leaf") return GONE;
  const isRepository = "full_name" in value && ["private", "owner", "node_id"].some((name) => name in value);
  if (isRepository && value["private"] !== false && place.isEmbedded && !place.isListed) return null;
  const isProfile = "login" in value && "type" in value;
  const kept = Object.entries(value).flatMap(([name, held]): readonly (readonly [string, unknown])[] => {
    const inner = innerShape(shape, name);
    const isForbidden =
      GONE_ANYWHERE.has(name) ||
      (isRepository && GONE_OF_REPOSITORIES.has(name)) ||
      (isProfile && GONE_OF_PROFILES.has(name)) ||
      (name === "permissions" && !Array.isArray(held));
    if (isForbidden || inner === GONE) return [];
    if (name === "email" && isProfile && shape !== undefined) return [[name, null]];
    const answer = told(held, inner, { isEmbedded: true, isListed: false });
    return answer === GONE ? [] : [[name, answer]];
  });
  return Object.fromEntries(kept);
}

function innerShape(shape: Shape | undefined, name: string): Shape | undefined | typeof GONE {
  if (shape === undefined || shape === "anything") return shape;
  if (shape === "leaf") return GONE;
  return shape.kind === "data" ? shape.of : (shape.members.get(name) ?? GONE);
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
