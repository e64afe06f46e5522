import { describe, expect, it } from "vitest";
import { classifyPath } from "../../../shared/route-match.ts";
import { ROUTES } from "../../../shared/routes/index.ts";
import { surrogateKeysOf } from "../../../shared/surrogate-keys.ts";
import { COVERABLE_EVENTS, mapEvent } from "../../../server/webhooks/map-event.ts";
import { payloadOf, SAMPLES } from "./payloads.ts";

const SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const R = "acme/widget";
const OF_PULL = [`pulls:${R}`, `issues:${R}`, `pull:${R}#7`, `issue:${R}#7`];
const ENDED = (repo: string) => [`repo:${repo}`, `visibility:${repo}`, `meta:${repo}`];

const KEYS: Readonly<Record<string, readonly string[]>> = {
  push: [`refs:${R}`, `meta:${R}`, `ref:${R}@main`, `sha:${R}@${SHA}`],
  "push.workflow": [`refs:${R}`, `meta:${R}`, `ref:${R}@main`, `sha:${R}@${SHA}`, `workflows:${R}`],
  "push.tag": [`refs:${R}`, `meta:${R}`, `ref:${R}@v1.2.0`, `sha:${R}@${SHA}`],
  "push.deleted": [`refs:${R}`, `meta:${R}`, `ref:${R}@feature/done`],
  create: [`refs:${R}`, `meta:${R}`, `ref:${R}@feature/new`],
  delete: [`refs:${R}`, `meta:${R}`, `ref:${R}@v0.9.0`],
  commit_comment: [`comments:${R}`, `sha:${R}@${SHA}`],
  pull_request: OF_PULL,
  "pull_request.closed": [...OF_PULL, `milestones:${R}`],
  pull_request_review: OF_PULL,
  pull_request_review_comment: OF_PULL,
  pull_request_review_thread: [`pull:${R}#7`],
  issues: [`issues:${R}`, `issue:${R}#8`, `milestones:${R}`],
  "issues.labeled": [`issues:${R}`, `issue:${R}#8`],
  "issues.transferred": [`issues:${R}`, `issue:${R}#8`, "issues:acme/other"],
  issue_comment: [`issues:${R}`, `issue:${R}#8`],
  "issue_comment.pull": [`issues:${R}`, `issue:${R}#7`, `pulls:${R}`, `pull:${R}#7`],
  label: [`labels:${R}`, `issues:${R}`, `pulls:${R}`],
  "label.created": [`labels:${R}`],
  milestone: [`milestones:${R}`, `issues:${R}`, `pulls:${R}`],
  check_run: [`check:${R}/128620228`, `suite:${R}/118578147`, `checks:${R}@${SHA}`, `checks:${R}@mend`],
  check_suite: [`suite:${R}/118578147`, `checks:${R}@${SHA}`, `checks:${R}@mend`],
  status: [`checks:${R}@${SHA}`, `checks:${R}@mend`, `checks:${R}@main`],
  workflow_run: [`runs:${R}`, `run:${R}/30433642`, `suite:${R}/118578147`, `checks:${R}@${SHA}`, `checks:${R}@mend`],
  workflow_job: [`job:${R}/399444496`, `run:${R}/30433642`, `checks:${R}@${SHA}`, `checks:${R}@mend`],
  deployment: [`deployments:${R}`],
  deployment_status: [`deployments:${R}`],
  release: [`releases:${R}`],
  "repository.privatized": ENDED(R),
  "repository.publicized": ENDED(R),
  "repository.deleted": ENDED(R),
  "repository.renamed": [...ENDED(R), ...ENDED("acme/gadget")],
  "repository.transferred": [...ENDED(R), ...ENDED("hubot/widget")],
  "repository.edited": [`meta:${R}`],
  "repository.default_branch": [`meta:${R}`, `refs:${R}`],
  "repository.archived": [`meta:${R}`],
  public: ENDED(R),
  fork: [`forks:${R}`],
  star: [`stars:${R}`],
  member: [`members:${R}`],
  "ping.repository": [],
  "ping.organization": [],
  "ping.app": [],
  "installation.created": [],
  "installation.selected": [],
  "installation.deleted": [],
  "installation.suspend": [],
  "installation_repositories.added": [],
  "installation_repositories.removed": [],
};

describe("an event ends exactly", () => {
  it.each(Object.entries(KEYS))("%s", (name, keys) => {
    expect(mapEvent(name.replace(/\..*$/, ""), payloadOf(name)).keys).toEqual(keys);
  });

  it("what the table above says, for every payload there is", () => {
    expect(SAMPLES.map(({ name }) => name).toSorted()).toEqual(Object.keys(KEYS).toSorted());
  });
});

describe("proofs of visibility", () => {
  const ID = "#/1296269";

  it.each([
    { name: "repository.privatized", ended: [R, ID] },
    { name: "repository.publicized", ended: [R, ID] },
    { name: "repository.deleted", ended: [R, ID] },
    { name: "repository.renamed", ended: [R, "acme/gadget", ID] },
    { name: "repository.transferred", ended: [R, "hubot/widget", ID] },
    { name: "public", ended: [R, ID] },
    { name: "repository.edited", ended: undefined },
    { name: "star", ended: undefined },
  ])("end of $ended at $name", ({ name, ended }) => {
    expect(mapEvent(name.replace(/\..*$/, ""), payloadOf(name)).endedProofs).toEqual(ended);
  });
});

/** A row's key as a pattern: whatever value its parameters take. */
function patternOf(template: string): RegExp {
  const values: Readonly<Record<string, string>> = {
    owner: "[^/@#]+",
    repo: "[^/@#]+",
    number: "\\d+",
    id: "\\d+",
    sha: "[0-9a-f]{40}",
    ref: "(?![0-9a-f]{40}$).+",
    branch: "(?![0-9a-f]{40}$).+",
  };
  return new RegExp(`^${template.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole)}$`);
}

describe("a row of the route table", () => {
  const claims = ROUTES.flatMap((route) =>
    route.freshness.endedBy.map((event) => ({ claim: `${route.template} ${event}`, event, route })),
  );

  it.each(claims)("is ended as it claims: $claim", ({ event, route }) => {
    const patterns = route.surrogateKeys.filter((key) => !key.startsWith("repo:")).map(patternOf);
    const bumped = SAMPLES.filter((sample) => sample.event === event).flatMap(
      ({ payload }) => mapEvent(event, payload).keys,
    );
    expect(bumped.filter((key) => patterns.some((pattern) => pattern.test(key)))).not.toEqual([]);
  });

  it("claims only events that are understood", () => {
    expect(claims.filter(({ event }) => !COVERABLE_EVENTS.includes(event))).toEqual([]);
  });
});

describe("an event reaches what was asked for under", () => {
  it.each([
    { path: "/repos/ACME/Widget/pulls/7", name: "pull_request" },
    { path: "/repos/acme/widget/issues/7", name: "pull_request" },
    { path: "/repos/acme/widget/issues/7/timeline", name: "pull_request_review" },
    { path: "/repos/acme/widget/issues/8/comments", name: "issue_comment" },
    { path: `/repos/acme/widget/commits/${SHA.toUpperCase()}/check-runs`, name: "check_run" },
    { path: "/repos/acme/widget/commits/mend/check-runs", name: "check_run" },
    { path: "/repos/acme/widget/commits/heads%2Fmain/status", name: "status" },
    { path: "/repos/acme/widget/git/ref/heads/feature/new", name: "create" },
    { path: "/repos/acme/widget/branches/feature%2Fdone", name: "push.deleted" },
    { path: "/repos/acme/widget/commits/v1.2.0", name: "push.tag" },
    { path: "/repos/acme/widget/contents/README.md", name: "push" },
    { path: "/repos/acme/widget/actions/workflows/build.yml/runs", name: "workflow_run" },
    { path: "/repos/acme/widget/actions/runs/30433642/attempts/1/jobs", name: "workflow_job" },
    { path: "/repos/acme/widget/check-suites/118578147/check-runs", name: "check_run" },
    { path: "/repos/acme/gadget/pulls/7", name: "repository.renamed" },
  ])("$path: $name", ({ path, name }) => {
    const classified = classifyPath(path);
    if (classified.kind !== "ok") throw new Error(classified.why);
    const { keys } = mapEvent(name.replace(/\..*$/, ""), payloadOf(name));
    expect(surrogateKeysOf(classified.match).filter((key) => keys.includes(key))).not.toEqual([]);
  });
});

describe("a payload that is not as documented", () => {
  it.each([
    { name: "no repository", event: "push", payload: { ref: "refs/heads/main" }, keys: [] },
    { name: "a repository without a name", event: "star", payload: { repository: {} }, keys: [] },
    {
      name: "a name that climbs into another key",
      event: "star",
      payload: { repository: { full_name: "acme/wid@get" } },
      keys: [],
    },
    {
      name: "a pull without a number",
      event: "pull_request",
      payload: { action: 7, pull_request: null, repository: { full_name: R } },
      keys: [`pulls:${R}`, `issues:${R}`],
    },
    {
      name: "a number that is text",
      event: "issues",
      payload: { issue: { number: "8" }, repository: { full_name: R } },
      keys: [`issues:${R}`],
    },
    {
      name: "a push without commits: nobody knows what it touched",
      event: "push",
      payload: { repository: { full_name: R } },
      keys: [`refs:${R}`, `meta:${R}`, `workflows:${R}`],
    },
    { name: "an event nobody knows", event: "gollum", payload: { repository: { full_name: R } }, keys: [] },
    { name: "an event named like a member of every object", event: "constructor", payload: {}, keys: [] },
  ])("with $name", ({ event, payload, keys }) => {
    expect(mapEvent(event, payload).keys).toEqual(keys);
  });
});
