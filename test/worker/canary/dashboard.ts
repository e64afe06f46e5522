/**
 * What the dashboard shows an operator: every query of its router, and of the rows in its lists one of each kind. Exports
 * are written in the browser, of the same answers.
 */
import { appRouter } from "../../../server/admin/router.ts";
import { MOST_ROWS } from "../../../shared/dashboard/inputs.ts";
import { VAULT } from "../../github/private-words.ts";
import { Browser } from "../support/browser.ts";
import { POOL, type TestRelay } from "../support/relay.ts";

type Row = Readonly<Record<string, unknown>>;
/** What the lists answered, by the query's name. */
type Shown = ReadonlyMap<string, readonly Row[]>;

const targets = [
  ...["octocat/hello-world", VAULT].map((value) => ({ target: { kind: "repository", value } })),
  ...["search", "user:octocat"].map((value) => ({ target: { kind: "key", value } })),
];
const ever = { window: "30d" };

const LISTS: Readonly<Record<string, readonly object[]>> = {
  "session.me": [{}],
  "overview.usage": [ever],
  "overview.standing": [{}],
  "traffic.list": [{ ...ever, limit: MOST_ROWS }],
  "traffic.counts": [ever],
  "traffic.newer": [{ after: "0.0" }],
  "cache.totals": [{}],
  "cache.search": targets.map((target) => ({ ...target, limit: MOST_ROWS })),
  "cache.countPurge": targets,
  "routes.list": [ever],
  "usage.patterns": [ever],
  "usage.causes": [ever],
  "usage.callers": [ever],
  "callers.list": [{}],
  "identities.list": [{}],
  "policy.get": [{}],
  "policy.history": [{}],
  "adminLog.list": [{}],
};

/** Asked about what the lists showed. */
const SINGLES: Readonly<Record<string, (shown: Shown) => readonly object[]>> = {
  "traffic.one": (shown) => oneOfEach(rowsOf(shown, "traffic.list"), "answer", "why").map(({ id }) => ({ id })),
  "cache.entry": (shown) =>
    oneOfEach(rowsOf(shown, "cache.search"), "state", "status").map(({ cacheKey }) => ({ cacheKey })),
  "policy.preview": (shown) => (shown.get("policy.get") ?? []).map(({ policy }) => ({ policy })),
};

/** @throws Error where the router has a query that is in neither table: a new one is a new place to look in. */
export async function readDashboard(relay: TestRelay, operator: string): Promise<string> {
  const queries = Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) => {
    const { type } = (procedure as unknown as { readonly _def: { readonly type: string } })._def;
    return type === "query" ? [name] : [];
  });
  const known = [...Object.keys(LISTS), ...Object.keys(SINGLES)];
  const unlike = [...queries, ...known].filter((name) => !(queries.includes(name) && known.includes(name)));
  if (unlike.length > 0) throw new Error(`queries of the dashboard that nobody looks into, or gone: ${unlike.join()}`);
  const browser = await new Browser(relay).signInAsOperator(operator);
  const ask = async ([name, inputs]: readonly [string, readonly object[]]) =>
    [name, (await Promise.all(inputs.map((input) => askPages(browser, name, input)))).flat()] as const;
  const shown = new Map(await Promise.all(Object.entries(LISTS).map(ask)));
  const singles = Object.entries(SINGLES).map(([name, inputsOf]) => [name, inputsOf(shown)] as const);
  const tested = await browser.mutate("identities.test", { pool: POOL, identityId: "canary" });
  return JSON.stringify([...shown, ...(await Promise.all(singles.map(ask))), tested]);
}

async function askPages(browser: Browser, name: string, input: object): Promise<readonly Row[]> {
  const answers: Row[] = [];
  for (let cursor: unknown; cursor !== null;) {
    const page = cursor === undefined ? {} : { cursor };
    const { status, data, refusal } = await browser.query(name, { pool: POOL, ...input, ...page });
    if (status !== 200) throw new Error(`${name} ${JSON.stringify(input)}: ${status} ${refusal?.code}`);
    answers.push(data as Row);
    cursor = (data as Row)["next"] ?? null;
  }
  return answers;
}

function rowsOf(shown: Shown, list: string): readonly Row[] {
  return (shown.get(list) ?? []).flatMap(({ rows }) => rows as readonly Row[]);
}

/** A row of every kind: hundreds tell the same. */
function oneOfEach(rows: readonly Row[], ...by: readonly string[]): readonly Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(by.map((name) => row[name])), row])).values()];
}
