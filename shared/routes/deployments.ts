/** Deployments and environments. */
import { list, metadata, slow } from "./freshness-builders.ts";
import { paged, route } from "./route.ts";

export const DEPLOYMENT_ROUTES = [
  route({
    kind: "deployment_list",
    template: "/repos/{owner}/{repo}/deployments",
    example: "/repos/octocat/hello-world/deployments",
    freshness: metadata({ fresh: 3600, stale: 3600, covered: 3600, endedBy: ["deployment"] }),
    sees: "intrinsic",
    transports: ["anonymous", "identity"],
    surrogateKeys: ["repo:{owner}/{repo}", "deployments:{owner}/{repo}"],
    query: paged("sha", "ref", "task", "environment"),
    operations: ["repos/list-deployments"],
    about: "The deployments of a repository.",
  }),
  route({
    kind: "deployment_view",
    template: "/repos/{owner}/{repo}/deployments/{id}",
    example: "/repos/octocat/hello-world/deployments/42",
    freshness: slow({ fresh: 300, stale: 3600, covered: 3600, endedBy: ["deployment"] }),
    sees: "intrinsic",
    transports: ["anonymous", "identity"],
    surrogateKeys: ["repo:{owner}/{repo}", "deployments:{owner}/{repo}"],
    operations: ["repos/get-deployment"],
    about: "One deployment.",
  }),
  route({
    kind: "deployment_status_list",
    template: "/repos/{owner}/{repo}/deployments/{id}/statuses",
    example: "/repos/octocat/hello-world/deployments/42/statuses",
    freshness: list({ fresh: 60, stale: 600, covered: 3600, endedBy: ["deployment", "deployment_status"] }),
    sees: "intrinsic",
    transports: ["anonymous", "identity"],
    surrogateKeys: ["repo:{owner}/{repo}", "deployments:{owner}/{repo}"],
    query: paged(),
    operations: ["repos/list-deployment-statuses"],
    about: "The statuses of a deployment.",
  }),
  route({
    kind: "environment_list",
    template: "/repos/{owner}/{repo}/environments",
    example: "/repos/octocat/hello-world/environments",
    freshness: slow({ fresh: 300, stale: 3600 }),
    sees: "anonymous-only",
    transports: ["anonymous"],
    surrogateKeys: ["repo:{owner}/{repo}", "deployments:{owner}/{repo}"],
    query: paged(),
    operations: ["repos/get-all-environments"],
    about: "The environments of a repository. Public-only identities may fill it.",
  }),
];
