/** The last day's requests, judged under an edited policy: what would change, before it is saved. */
import type { PreviewRow, PreviewView } from "../../shared/dashboard/policy.ts";
import type { Policy } from "../../shared/policy.ts";
import type { Deps } from "../deps.ts";
import { readLogins } from "../store/caller-list.ts";
import { listIdentities } from "../store/identities.ts";
import { readReplayFills, readReplayGroups } from "../store/replay.ts";
import { type ReplayChange, replayBudgets, replayRules } from "./policy-replay.ts";
import { type MayName, nameable, repositoryOfKey, withoutName } from "./shown-names.ts";

const DAY_MS = 86_400_000;
const MOST_GROUPS = 5_000;
const MOST_FILLS = 20_000;
const MOST_ROWS = 200;

export async function previewPolicy(
  poolId: string,
  policies: { readonly before: Policy; readonly after: Policy },
  deps: Pick<Deps, "db" | "now">,
): Promise<PreviewView> {
  const to = deps.now();
  const from = to - DAY_MS;
  const [groups, fills, identities] = await Promise.all([
    readReplayGroups(deps.db, { poolId, from, limit: MOST_GROUPS + 1 }),
    readReplayFills(deps.db, { poolId, from, limit: MOST_FILLS + 1 }),
    listIdentities(deps.db, poolId),
  ]);
  const rules = replayRules(groups, policies, identities);
  const budgets = replayBudgets(fills.slice(0, MOST_FILLS), policies);
  const [mayName, logins] = await Promise.all([
    nameable(
      deps.db,
      rules.flatMap(({ routeKey }) => repositoryOfKey(routeKey) ?? []),
    ),
    readLogins(
      deps.db,
      budgets.map(({ callerId }) => callerId),
    ),
  ]);
  const rows = [
    ...rules.map((change) => ruleRow(change, mayName)),
    ...budgets.map(({ callerId, ...change }): PreviewRow => {
      return { ...change, subject: { kind: "caller", callerId, login: logins.get(callerId) ?? "" } };
    }),
  ].toSorted((one, other) => other.requests - one.requests);
  return {
    from,
    to,
    requests: groups.reduce((total, { requests }) => total + requests, 0),
    rows: rows.slice(0, MOST_ROWS),
    totals: totalsOf(rows),
    cut: groups.length > MOST_GROUPS || fills.length > MOST_FILLS || rows.length > MOST_ROWS,
  };
}

function ruleRow(change: ReplayChange, mayName: MayName): PreviewRow {
  const { effect, rule, reason, routeKind, routeKey, callers, requests, latestAt } = change;
  const repository = repositoryOfKey(routeKey);
  // What was refused was not proven public, unless another request did.
  const isNamed = repository === undefined || mayName(repository, effect !== "admitted");
  const pattern = isNamed ? routeKey : withoutName(routeKey);
  return { effect, rule, reason, requests, latestAt, subject: { kind: "route", routeKind, pattern, callers } };
}

function totalsOf(rows: readonly PreviewRow[]): PreviewView["totals"] {
  const of = (effect: PreviewRow["effect"]) =>
    rows.filter((row) => row.effect === effect).reduce((total, { requests }) => total + requests, 0);
  return { refused: of("refused"), admitted: of("admitted"), narrowed: of("narrowed"), waits: of("waits") };
}
