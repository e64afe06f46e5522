/** The last day's requests, judged under an edited policy: what would change, before it is saved. */
import type { PreviewRow, PreviewView } from "../../shared/dashboard/policy.ts";
import type { Deps } from "../deps.ts";
import { readLogins } from "../store/caller-list.ts";
import { listIdentities } from "../store/identities.ts";
import {
  readReplayFetches,
  readReplayFills,
  readReplayPatterns,
  type ReplayFetches,
  type ReplayFill,
} from "../store/replay.ts";
import {
  bySparedOwners,
  type Policies,
  type ReplayChange,
  replayFetches,
  replayRules,
  summed,
} from "./policy-replay.ts";
import { type BudgetChange, budgetsDiffer, replayBudgets } from "./replay-budgets.ts";
import { type MayName, nameable, repositoryOfKey, withoutName } from "./shown-names.ts";

const DAY_MS = 86_400_000;
/** The newest ones; a busier pool's day is replayed in part, and the answer says since when. */
const MOST_FILLS = 10_000;
const MOST_ROWS = 200;

interface Day {
  readonly poolId: string;
  readonly from: number;
  readonly to: number;
}

export async function previewPolicy(
  poolId: string,
  policies: Policies,
  deps: Pick<Deps, "db" | "now">,
): Promise<PreviewView> {
  const to = deps.now();
  const day = { poolId, from: to - DAY_MS, to };
  const identities = await listIdentities(deps.db, poolId);
  const scoped = bySparedOwners(identities, policies);
  // Rows one by one are read only for what their sums do not tell, and only where the edit is about that.
  const [{ patterns, cut }, fetches, fills] = await Promise.all([
    readReplayPatterns(deps.db, day),
    scoped.length === 0 ? NO_FETCHES : fetchesOf(day, scoped, deps),
    budgetsDiffer(policies) ? readReplayFills(deps.db, { ...day, limit: MOST_FILLS + 1 }) : NO_FILLS,
  ]);
  const rules = replayRules(patterns, policies);
  const narrowed = replayFetches(fetches, policies, identities);
  const budgets = replayBudgets(fills.slice(0, MOST_FILLS), policies);
  const rows = await rowsOf([...rules.changes, ...narrowed], budgets.changes, deps);
  return {
    from: day.from,
    to,
    requests: patterns.reduce((total, { requests }) => total + requests, 0),
    rows: rows.slice(0, MOST_ROWS),
    totals: totalsOf(rows),
    unjudged: summed([...rules.unjudged, ...budgets.unjudged]),
    cut: cut || rows.length > MOST_ROWS,
    fillsSince: fills.length > MOST_FILLS ? (fills[MOST_FILLS - 1]?.at ?? null) : null,
  };
}

const NO_FETCHES: readonly ReplayFetches[] = [];
const NO_FILLS: readonly ReplayFill[] = [];

function fetchesOf({ poolId, from }: Day, scoped: readonly { readonly id: string }[], { db }: Pick<Deps, "db">) {
  return readReplayFetches(db, { poolId, from, identityIds: scoped.map(({ id }) => id) });
}

/** Most requests first. */
async function rowsOf(
  changes: readonly ReplayChange[],
  budgets: readonly BudgetChange[],
  { db }: Pick<Deps, "db">,
): Promise<readonly PreviewRow[]> {
  const [mayName, logins] = await Promise.all([
    nameable(
      db,
      changes.flatMap(({ routeKey }) => repositoryOfKey(routeKey) ?? []),
    ),
    readLogins(
      db,
      budgets.map(({ callerId }) => callerId),
    ),
  ]);
  return [
    ...changes.map((change) => ruleRow(change, mayName)),
    ...budgets.map(({ callerId, ...change }): PreviewRow => {
      return { ...change, subject: { kind: "caller", callerId, login: logins.get(callerId) ?? "" } };
    }),
  ].toSorted((one, other) => other.requests - one.requests);
}

function ruleRow(change: ReplayChange, mayName: MayName): PreviewRow {
  const { effect, rule, reason, routeKind, routeKey, requests, latestAt } = change;
  const repository = repositoryOfKey(routeKey);
  // What was refused was not proven public, unless another request did.
  const isNamed = repository === undefined || mayName(repository, effect !== "admitted");
  const pattern = isNamed ? routeKey : withoutName(routeKey);
  return { effect, rule, reason, requests, latestAt, subject: { kind: "route", routeKind, pattern } };
}

function totalsOf(rows: readonly PreviewRow[]): PreviewView["totals"] {
  const of = (effect: PreviewRow["effect"]) =>
    rows.filter((row) => row.effect === effect).reduce((total, { requests }) => total + requests, 0);
  return { refused: of("refused"), admitted: of("admitted"), narrowed: of("narrowed"), waits: of("waits") };
}
