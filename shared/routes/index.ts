/** THE route table: every read the relay serves, a file per family, a row per path template. */
import { ACTIONS_ROUTES } from "./actions.ts";
import { CHECK_ROUTES } from "./checks.ts";
import { COMMIT_ROUTES } from "./commits.ts";
import { CONTENT_ROUTES } from "./contents.ts";
import { DEPLOYMENT_ROUTES } from "./deployments.ts";
import { GIST_ROUTES } from "./gists.ts";
import { GIT_ROUTES } from "./git.ts";
import { ISSUE_ROUTES } from "./issues.ts";
import { META_ROUTES } from "./meta.ts";
import { ORG_ROUTES } from "./orgs.ts";
import { PLANNING_ROUTES } from "./planning.ts";
import { PULL_ROUTES } from "./pulls.ts";
import { RELEASE_ROUTES } from "./releases.ts";
import { REPO_ROUTES } from "./repos.ts";
import { RULE_ROUTES } from "./rules.ts";
import { RUN_ROUTES } from "./runs.ts";
import { SEARCH_ROUTES } from "./search.ts";
import { SECURITY_ROUTES } from "./security.ts";
import type { RouteSpec } from "./spec.ts";
import { STATISTICS_ROUTES } from "./statistics.ts";
import { USER_ROUTES } from "./users.ts";

/** The families in the order operators read them; the titles head the sections of `docs/routes.md`. */
export const ROUTE_FAMILIES = [
  { title: "Repositories", routes: REPO_ROUTES },
  { title: "Commits and comparisons", routes: COMMIT_ROUTES },
  { title: "Checks and statuses", routes: CHECK_ROUTES },
  { title: "Files", routes: CONTENT_ROUTES },
  { title: "Pull requests", routes: PULL_ROUTES },
  { title: "Issues", routes: ISSUE_ROUTES },
  { title: "Labels, milestones and assignees", routes: PLANNING_ROUTES },
  { title: "Workflow runs", routes: RUN_ROUTES },
  { title: "Workflows, artifacts and caches", routes: ACTIONS_ROUTES },
  { title: "Releases", routes: RELEASE_ROUTES },
  { title: "Branches, tags and git objects", routes: GIT_ROUTES },
  { title: "Rulesets", routes: RULE_ROUTES },
  { title: "Deployments", routes: DEPLOYMENT_ROUTES },
  { title: "Advisories and dependencies", routes: SECURITY_ROUTES },
  { title: "Statistics", routes: STATISTICS_ROUTES },
  { title: "Search", routes: SEARCH_ROUTES },
  { title: "Users", routes: USER_ROUTES },
  { title: "Organizations", routes: ORG_ROUTES },
  { title: "Gists", routes: GIST_ROUTES },
  { title: "GitHub itself", routes: META_ROUTES },
] as const;

/** Every kind there is: a name on the wire, in audit rows and on the dashboard. */
export type RouteKind = (typeof ROUTE_FAMILIES)[number]["routes"][number]["kind"];

export const ROUTES: readonly (RouteSpec & { readonly kind: RouteKind })[] = ROUTE_FAMILIES.flatMap(
  ({ routes }): readonly (RouteSpec & { readonly kind: RouteKind })[] => routes,
);
