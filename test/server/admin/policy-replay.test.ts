import { describe, expect, it } from "vitest";
import { bySparedOwners, replayFetches, replayRules, summed } from "../../../server/admin/policy-replay.ts";
import type { Identity } from "../../../server/relay/stages.ts";
import type { ReplayPattern } from "../../../server/store/replay.ts";
import { defaultPolicy, type Policy } from "../../../shared/policy.ts";
import { ROUTES } from "../../../shared/routes/index.ts";

const policy = (changes: Partial<Policy> = {}): Policy => ({ ...defaultPolicy(["acme"]), ...changes });
const policies = (before: Partial<Policy>, after: Partial<Policy>) => ({
  before: policy(before),
  after: policy(after),
});

function aPattern(changes: Partial<ReplayPattern> = {}): ReplayPattern {
  return {
    routeKind: "pr_view",
    routeKey: "/repos/acme/widget/pulls/{number}",
    fallbackReason: "",
    requests: 10,
    latestAt: 5,
    ...changes,
  };
}

function anIdentity(id: string, owner: string, repo?: string): Identity {
  return {
    id,
    kind: "pat",
    login: id,
    secretRef: "PAT",
    installationId: undefined,
    weight: 100,
    publicOnly: false,
    status: "active",
    scopes: [{ owner, repo, allowPrivate: false }],
  };
}

const STRANGER = { routeKey: "/repos/Beta/thing/pulls/{number}" };
const LOGS = { routeKind: "job_logs", routeKey: "/repos/acme/widget/actions/jobs/{id}/logs" };
const STRANGERS_LOGS = { routeKind: "job_logs", routeKey: "/repos/beta/thing/actions/jobs/{id}/logs" };
const SEARCH = { routeKind: "search_issues", routeKey: "/search/issues" };
const CLOSED = { allow_public_repos: false };
const denied = (fallbackReason: string) => ({ fallbackReason });

interface Case {
  readonly name: string;
  readonly pattern: Partial<ReplayPattern>;
  readonly before?: Partial<Policy>;
  readonly after?: Partial<Policy>;
  readonly told: readonly string[];
}

describe("rules over requests that were made", () => {
  it.each<Case>([
    { name: "nothing changes in the same policy", pattern: {}, told: [] },
    {
      name: "allow_logs: closes",
      pattern: LOGS,
      after: { allow_logs: false },
      told: ["refused allow_logs logs_denied"],
    },
    {
      name: "allow_logs: closes on what was sent home anyway",
      pattern: { ...LOGS, ...denied("github_unavailable") },
      after: { allow_logs: false },
      told: [],
    },
    {
      name: "allow_logs: opens",
      pattern: { ...LOGS, ...denied("logs_denied") },
      before: { allow_logs: false },
      told: ["admitted allow_logs logs_denied"],
    },
    {
      name: "allow_logs: opens for an owner whom another rule refuses",
      pattern: { ...STRANGERS_LOGS, ...denied("logs_denied") },
      before: { allow_logs: false },
      after: CLOSED,
      told: [],
    },
    { name: "allow_logs: is of no matter to other routes", pattern: {}, after: { allow_logs: false }, told: [] },
    {
      name: "allow_logs: closed before the row was made, and now",
      pattern: LOGS,
      before: { allow_logs: false },
      after: { allow_logs: false },
      told: [],
    },
    {
      name: "allow_search: closes",
      pattern: SEARCH,
      before: { allow_search: true },
      after: { allow_search: false },
      told: ["refused allow_search search_denied"],
    },
    {
      name: "allow_search: opens, and the text may be refused still",
      pattern: { ...SEARCH, ...denied("search_denied") },
      after: { allow_search: true },
      told: ["unjudged allow_search search_text"],
    },
    {
      name: "allow_search: opens behind another refusal",
      pattern: { ...SEARCH, ...denied("route_denied") },
      after: { allow_search: true },
      told: [],
    },
    {
      name: "allow_search: was open, so its guard refused",
      pattern: { ...SEARCH, ...denied("search_denied") },
      before: { allow_search: true },
      after: { allow_search: true },
      told: [],
    },
    {
      name: "allow_public_repos: closes on strangers",
      pattern: STRANGER,
      after: CLOSED,
      told: ["refused allow_public_repos owner_denied"],
    },
    { name: "allow_public_repos: closes, and the owner is allowed", pattern: {}, after: CLOSED, told: [] },
    {
      name: "allow_public_repos: opens",
      pattern: { ...STRANGER, ...denied("owner_denied") },
      before: CLOSED,
      told: ["admitted allow_public_repos owner_denied"],
    },
    {
      name: "allow_public_repos: opens for a repository that moved away",
      pattern: denied("owner_denied"),
      before: CLOSED,
      told: ["admitted allow_public_repos owner_denied"],
    },
    {
      name: "allow_public_repos: closes on searches, whose repositories are not kept",
      pattern: SEARCH,
      before: { allow_search: true },
      after: { ...CLOSED, allow_search: true },
      told: ["unjudged allowed_owners search_repository"],
    },
    {
      name: "allowed_owners: lets one in, whatever the case",
      pattern: { ...STRANGER, ...denied("owner_denied") },
      before: CLOSED,
      after: { ...CLOSED, allowed_owners: ["acme", "beta"] },
      told: ["admitted allowed_owners owner_denied"],
    },
    {
      name: "allowed_owners: shuts one out",
      pattern: {},
      before: CLOSED,
      after: { ...CLOSED, allowed_owners: [] },
      told: ["refused allowed_owners owner_denied"],
    },
    { name: "allowed_owners: shuts out who is public still", pattern: {}, after: { allowed_owners: [] }, told: [] },
    {
      name: "allowed_owners: grows, and a repository moved to somebody",
      pattern: denied("owner_denied"),
      before: CLOSED,
      after: { ...CLOSED, allowed_owners: ["acme", "beta"] },
      told: ["unjudged allowed_owners moved_owner"],
    },
    {
      name: "allowed_owners: the same in another order",
      pattern: denied("owner_denied"),
      before: { ...CLOSED, allowed_owners: ["acme", "zeta"] },
      after: { ...CLOSED, allowed_owners: ["zeta", "acme"] },
      told: [],
    },
    {
      name: "allowed_owners: of no matter to what belongs to no repository",
      pattern: { routeKind: "user_view", routeKey: "/users/{login}" },
      after: { ...CLOSED, allowed_owners: [] },
      told: [],
    },
    {
      name: "a refusal of another kind stays one",
      pattern: denied("no_identity"),
      after: { ...CLOSED, allowed_owners: [] },
      told: [],
    },
  ])("$name", ({ pattern, before = {}, after = {}, told }) => {
    const { changes, unjudged } = replayRules([aPattern(pattern)], policies(before, after));
    const said = [
      ...changes.map(({ effect, rule, reason }) => `${effect} ${rule} ${reason}`),
      ...unjudged.map(({ rule, why }) => `unjudged ${rule} ${why}`),
    ];
    expect(said).toEqual(told);
  });

  it("tell most requests first, and what cannot be judged in a line for each reason", () => {
    const { changes } = replayRules(
      [aPattern({ ...STRANGER, requests: 4 }), aPattern({ routeKey: "/repos/gamma/x/pulls/{number}", requests: 9 })],
      policies({}, CLOSED),
    );
    expect(changes.map(({ requests }) => requests)).toEqual([9, 4]);
    const { unjudged } = replayRules(
      [
        aPattern({ ...SEARCH, ...denied("search_denied"), requests: 3 }),
        aPattern({ ...SEARCH, routeKind: "search_repositories", ...denied("search_denied"), requests: 2 }),
      ],
      policies({}, { allow_search: true }),
    );
    expect(summed(unjudged)).toEqual([{ rule: "allow_search", why: "search_text", requests: 5 }]);
  });

  it("stand on kinds of which all rows of the catalogue have one gate", () => {
    const gates = new Map<string, Set<string | undefined>>();
    for (const { kind, gate } of ROUTES) gates.set(kind, (gates.get(kind) ?? new Set()).add(gate));
    expect([...gates].filter(([, of]) => of.size > 1)).toEqual([]);
  });
});

describe("identities that fetched", () => {
  const identities = [anIdentity("scoped", "acme"), anIdentity("narrow", "acme", "widget"), anIdentity("star", "*")];
  const fetched = (identityId: string, requests = 4) => ({
    routeKind: "pr_view",
    routeKey: "/repos/Acme/Widget/pulls/{number}",
    identityId,
    requests,
    latestAt: 7,
  });

  it("are looked at where an owner leaves the policy, and only those that serve owners", () => {
    expect(bySparedOwners(identities, policies({}, { allowed_owners: [] })).map(({ id }) => id)).toEqual([
      "scoped",
      "narrow",
    ]);
    expect(bySparedOwners(identities, policies({}, { allowed_owners: ["acme", "beta"] }))).toEqual([]);
  });

  it.each([
    { name: "an owner leaves, and his own identities with him", fetches: ["scoped", "narrow"], requests: [8] },
    { name: "an owner leaves, and the identity serves everybody", fetches: ["star"], requests: [] },
    { name: "an owner leaves, and the identity is gone by now", fetches: ["gone"], requests: [] },
    { name: "the request is refused altogether", fetches: ["scoped"], requests: [], more: CLOSED },
  ])("$name", ({ fetches, requests, more = {} }) => {
    const edit = policies({}, { allowed_owners: [], ...more });
    const told = replayFetches(
      fetches.map((id) => fetched(id)),
      edit,
      identities,
    );
    expect(told.map((change) => change.requests)).toEqual(requests);
    for (const { effect, rule, latestAt } of told)
      expect([effect, rule, latestAt]).toEqual(["narrowed", "allowed_owners", 7]);
  });
});
