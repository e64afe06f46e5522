/** Which test file walks which families of the route table. complete.test.ts holds that none is left out. */
import { ROUTE_FAMILIES } from "../../../shared/routes/index.ts";
import type { RouteSpec } from "../../../shared/routes/spec.ts";

export const GROUPS = {
  repositories: ["Repositories", "Files", "Statistics"],
  commits: ["Commits and comparisons", "Branches, tags and git objects"],
  checks: ["Checks and statuses", "Rulesets", "Deployments"],
  pulls: ["Pull requests"],
  issues: ["Issues", "Labels, milestones and assignees"],
  actions: ["Workflow runs", "Workflows, artifacts and caches"],
  releases: ["Releases", "Gists", "Advisories and dependencies"],
  people: ["Users", "Organizations"],
  search: ["Search", "GitHub itself"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Group = keyof typeof GROUPS;

/** All rows for which GitHub is asked. */
export function rowsOf(group: Group): readonly RouteSpec[] {
  const titles: readonly string[] = GROUPS[group];
  return ROUTE_FAMILIES.filter(({ title }) => titles.includes(title)).flatMap(({ routes }): readonly RouteSpec[] =>
    routes.filter(({ transports }: RouteSpec) => !transports.includes("none")),
  );
}
