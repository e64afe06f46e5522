/** A GitHub login that an operator named: who that is, and that the allowed organization has them. */
import { RelayError } from "../../shared/errors.ts";
import type { Deps } from "../deps.ts";
import { askMembership, type Membership } from "../github/membership.ts";
import { askUser } from "../github/user.ts";
import type { Member } from "../store/logins.ts";

/**
 * Both asked with OCTOPOOL_GITHUB_ORG_TOKEN.
 * @throws RelayError caller_not_found, org_member_denied, org_verification_failed, org_verification_unavailable.
 */
export async function findMember(githubLogin: string, deps: Deps): Promise<Member> {
  const { orgToken, allowedOrg } = deps.config;
  if (orgToken === undefined) {
    throw new RelayError("org_verification_unavailable", {
      message: "This server has no OCTOPOOL_GITHUB_ORG_TOKEN, so it cannot ask who belongs to the organization.",
    });
  }
  const answer = await askUser(githubLogin, orgToken, deps);
  switch (answer.kind) {
    case "user": {
      const { id, login } = answer.user;
      requireMember(await askMembership({ login, org: allowedOrg, token: orgToken, githubUserId: id }, deps));
      return { githubUserId: id, githubLogin: login, orgLogin: allowedOrg, name: undefined };
    }
    case "not_found":
      throw new RelayError("caller_not_found");
    case "refused":
      throw new RelayError("org_verification_failed", { details: answer.details });
    case "failed":
      throw new RelayError("org_verification_failed");
    case "unavailable":
      throw new RelayError("org_verification_unavailable");
    default:
      throw answer satisfies never;
  }
}

/** @throws RelayError for everything but a member. */
export function requireMember(membership: Membership): void {
  switch (membership.kind) {
    case "member":
      return;
    case "not_member":
      throw new RelayError("org_member_denied");
    case "failed":
      throw new RelayError("org_verification_failed");
    case "unavailable":
      throw new RelayError("org_verification_unavailable");
    default:
      throw membership satisfies never;
  }
}
