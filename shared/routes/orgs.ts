/** Organizations, as the public sees them. The organization object itself is not relayed: members see more of it. */
import { metadata } from "./freshness-builders.ts";
import { paged, route } from "./route.ts";

export const ORG_ROUTES = [
  route({
    kind: "org_repo_list",
    template: "/orgs/{org}/repos",
    example: "/orgs/github/repos",
    freshness: metadata({ fresh: 600, stale: 600 }),
    sees: "anonymous-only",
    transports: ["anonymous"],
    surrogateKeys: ["org:{org}"],
    query: paged("type", "sort", "direction"),
    operations: ["repos/list-for-org"],
    about: "The public repositories of an organization. Public-only identities may fill it.",
  }),
  route({
    kind: "org_event_list",
    template: "/orgs/{org}/events",
    example: "/orgs/github/events",
    freshness: metadata({ fresh: 3600, stale: 3600 }),
    sees: "anonymous-only",
    transports: ["anonymous"],
    surrogateKeys: ["org:{org}"],
    query: paged(),
    operations: ["activity/list-public-org-events"],
    about: "What happened lately in public in an organization. Public-only identities may fill it.",
  }),
  route({
    kind: "org_public_member_list",
    template: "/orgs/{org}/public_members",
    example: "/orgs/github/public_members",
    freshness: metadata({ fresh: 3600, stale: 7200 }),
    sees: "anonymous-only",
    transports: ["anonymous"],
    surrogateKeys: ["org:{org}"],
    query: paged(),
    operations: ["orgs/list-public-members"],
    about: "The members an organization shows publicly. Public-only identities may fill it.",
  }),
  route({
    kind: "org_public_member_view",
    template: "/orgs/{org}/public_members/{login}",
    example: "/orgs/github/public_members/octocat",
    freshness: metadata({ fresh: 3600, stale: 7200 }),
    sees: "anonymous-only",
    transports: ["anonymous"],
    surrogateKeys: ["org:{org}"],
    operations: ["orgs/check-public-membership-for-user"],
    about: "Whether an account is shown as a member: 204 or 404. Public-only identities may fill it.",
  }),
];
