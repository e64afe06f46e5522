/** Rulesets. Who may bypass them is cut out of every answer. */
import { slow } from "./freshness-builders.ts";
import { paged, route } from "./route.ts";

export const RULE_ROUTES = [
  route({
    kind: "branch_rules",
    template: "/repos/{owner}/{repo}/rules/branches/{branch}",
    example: "/repos/octocat/hello-world/rules/branches/main",
    freshness: slow({ fresh: 300, stale: 3600 }),
    sees: "reference-bearing",
    references: "embedded",
    transports: ["anonymous", "identity"],
    surrogateKeys: [
      "repo:{owner}/{repo}",
      "ref:{owner}/{repo}@{branch}",
      "refs:{owner}/{repo}",
      "rules:{owner}/{repo}",
    ],
    query: paged(),
    operations: ["repos/get-branch-rules"],
    about: "The rules that hold for a branch; who may bypass them is never told.",
  }),
  route({
    kind: "ruleset_list",
    template: "/repos/{owner}/{repo}/rulesets",
    example: "/repos/octocat/hello-world/rulesets",
    freshness: slow({ fresh: 300, stale: 3600 }),
    sees: "reference-bearing",
    references: "embedded",
    transports: ["anonymous", "identity"],
    surrogateKeys: ["repo:{owner}/{repo}", "rules:{owner}/{repo}"],
    query: paged("includes_parents", "targets"),
    operations: ["repos/get-repo-rulesets"],
    about: "The rulesets of a repository; who may bypass them is never told.",
  }),
  route({
    kind: "ruleset_view",
    template: "/repos/{owner}/{repo}/rulesets/{id}",
    example: "/repos/octocat/hello-world/rulesets/42",
    freshness: slow({ fresh: 300, stale: 3600 }),
    sees: "reference-bearing",
    references: "embedded",
    transports: ["anonymous", "identity"],
    surrogateKeys: ["repo:{owner}/{repo}", "rules:{owner}/{repo}"],
    query: ["includes_parents"],
    operations: ["repos/get-repo-ruleset"],
    about: "One ruleset; who may bypass it is never told.",
  }),
];
