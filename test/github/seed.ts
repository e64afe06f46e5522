import { tokenOf, type RepositorySetting, type TokenSetting, type UserSetting } from "./vocabulary.ts";

/** What the world holds after a start or a reset. */
export interface Seed {
  readonly users: readonly UserSetting[];
  readonly tokens: readonly TokenSetting[];
  readonly members: readonly (readonly [org: string, login: string])[];
  readonly repositories: readonly RepositorySetting[];
  readonly renamed: readonly (readonly [from: string, to: string])[];
}

/** Everyone but mallory belongs to `acme-inc`; the pool-* users lend tokens to a pool, org-reader asks for memberships. */
const USERS: readonly UserSetting[] = [
  { login: "octocat", id: 583231, name: "The Octocat" },
  { login: "alice", id: 101, name: "Alice Example" },
  { login: "bob", id: 102, name: "Bob Example" },
  { login: "mallory", id: 103, name: "Mallory Example" },
  { login: "carol", id: 104, name: "Carol Example" },
  { login: "pool-one", id: 201 },
  { login: "pool-two", id: 202 },
  { login: "pool-three", id: 203 },
  { login: "org-reader", id: 210 },
];

const ORGANIZATIONS: readonly UserSetting[] = [
  { login: "acme-inc", id: 9001, type: "Organization" },
  { login: "acme", id: 9002, type: "Organization" },
  { login: "github", id: 9919, type: "Organization" },
  { login: "octo-org", id: 9003, type: "Organization" },
  { login: "bench", id: 9004, type: "Organization" },
];

export const DEFAULT_SEED: Seed = {
  users: [...USERS, ...ORGANIZATIONS, { login: "dependabot[bot]", id: 49699333, type: "Bot" }],
  tokens: USERS.map(({ login }) => ({ token: tokenOf(login), login })),
  members: [
    ...USERS.filter(({ login }) => login !== "mallory").map(({ login }) => ["acme-inc", login] as const),
    ["octo-org", "octocat"],
    ["acme", "alice"],
  ],
  repositories: [
    { full_name: "octocat/hello-world", id: 1296269, members: ["octocat"] },
    { full_name: "acme/widget", id: 1300192, members: ["alice", "pool-one"] },
    { full_name: "acme/secret", id: 1300193, visibility: "private", members: ["alice", "pool-one"] },
    { full_name: "acme/old", id: 1300194 },
    { full_name: "acme-inc/relay", id: 1300195 },
    { full_name: "octo-org/octo-repo", id: 1300196 },
  ],
  renamed: [["acme/old", "acme/new"]],
};
