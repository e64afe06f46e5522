/**
 * People and organizations. Evidence: GitHub's schemas `simple-user` and `public-user`, which it keeps apart from
 * `private-user`, and the answers of `GET /users/{login}` to nobody in particular. Left out: `user_view_type`, which says
 * "private" to the person himself, and what `private-user` adds.
 */
import { fields, extend, type Shape } from "../shape.ts";

export const user = fields(
  `login id node_id avatar_url gravatar_id url html_url followers_url following_url gists_url starred_url
   subscriptions_url organizations_url repos_url events_url received_events_url type site_admin`,
);

/** `email` stays as a name; its value is the public's only where the public read it (sanitize.ts). */
const profile = extend(
  user,
  `name company blog location email hireable bio twitter_username public_repos public_gists followers following
   created_at updated_at`,
);

export const organization = fields(
  `login id node_id url repos_url events_url hooks_url issues_url members_url public_members_url avatar_url description`,
);

const gpgKey = fields(
  `id name primary_key_id key_id public_key can_sign can_encrypt_comms can_encrypt_storage can_certify created_at
   expires_at revoked raw_key`,
  { emails: fields("email verified") },
);

export const PEOPLE: Readonly<Record<string, Shape>> = {
  "users/get-by-username": profile,
  "users/list-followers-for-user": user,
  "users/list-following-for-user": user,
  "users/list-gpg-keys-for-user": extend(gpgKey, "", { subkeys: gpgKey }),
  "users/list-public-keys-for-user": fields("id key created_at last_used"),
  "users/list-social-accounts-for-user": fields("provider url"),
  "users/list-ssh-signing-keys-for-user": fields("id key title created_at"),
  "orgs/list-for-user": organization,
  "orgs/list-public-members": user,
  "orgs/check-public-membership-for-user": fields(""),
  "issues/list-assignees": user,
  "issues/check-user-can-be-assigned": fields(""),
};
