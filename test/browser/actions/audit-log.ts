/** Audit log: its filters, its pages and its export. */
import { expect } from "vitest";
import type { AdminLogRow, AdminLogView } from "../../../shared/dashboard/admin-log.ts";
import type { Action, Hands } from "../support/hands.ts";

const path = "/audit-log";

interface Filter {
  readonly name: string;
  readonly menu: string;
  readonly option: string;
  readonly fits: (row: AdminLogRow) => boolean;
}

const FILTERS: readonly Filter[] = [
  { name: "actor", menu: "Who", option: "octocat", fits: ({ actor }) => actor === "octocat" },
  { name: "action", menu: "What", option: "identities", fits: ({ action }) => action.startsWith("identity.") },
  { name: "since", menu: "Since", option: "the last 15 m", fits: ({ at }) => at > 0 },
];

const read = (hands: Hands, deed: () => Promise<unknown>) => hands.answered<AdminLogView>("adminLog.list", deed);

async function useFilter(hands: Hands, { name, menu, option, fits }: Filter): Promise<void> {
  await hands.button("Filter").click();
  await hands.page.getByRole("menuitem", { name: menu, exact: true }).click();
  await hands.examine("[role=menu]");
  const item = hands.page.getByRole("menu", { name: menu }).getByText(option, { exact: true });
  const { rows } = await read(hands, () => item.click());
  expect(hands.inAddress(name)).not.toBe("");
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter((row) => !fits(row))).toEqual([]);
  await hands.rows.nth(rows.length - 1).waitFor();
  const again = await read(hands, () => hands.page.reload());
  expect(again.rows).toEqual(rows);
  const remove = hands.button(new RegExp(`^Remove filter ${menu} `));
  await remove.waitFor();
  await read(hands, () => hands.page.goBack());
  await hands.gone(remove);
  await read(hands, () => hands.page.goForward());
  await read(hands, () => remove.click());
  expect(hands.inAddress(name)).toBe("");
}

async function useText(hands: Hands): Promise<void> {
  const box = hands.page.getByRole("searchbox");
  const { rows } = await read(hands, () => box.fill("demo_busy"));
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ subject }) => !subject.includes("demo_busy"))).toEqual([]);
  await read(hands, () => box.fill("nobody did this"));
  await hands.page.getByRole("heading", { name: "No act matches" }).waitFor();
  await read(hands, () => hands.button("Clear filters").click());
  await hands.rows.first().waitFor();
}

async function more(hands: Hands): Promise<void> {
  const before = await hands.rows.count();
  expect(before).toBe(50);
  await hands.button("Show more").click();
  await hands.rows.nth(before).waitFor();
}

async function exportRows(hands: Hands): Promise<void> {
  const shown = await hands.rows.count();
  for (const [format, item] of [
    ["csv", "CSV, for spreadsheets"],
    ["ndjson", "NDJSON, one object a line"],
  ] as const) {
    const { name, lines } = await hands.saved(() => hands.choose(/^Export/, item));
    expect(name).toBe(`octopool-demo-audit-log.${format}`);
    const rows = format === "csv" ? lines.slice(1) : lines;
    if (format === "csv") expect(lines[0]).toBe("time,actor,action,subject,before,after,request_id");
    expect(rows.length).toBeGreaterThanOrEqual(shown);
    expect(rows.filter((line) => !line.includes("identity."))).toEqual([]);
    await hands.said(`${name}: ${rows.length} rows`);
  }
}

export const AUDIT_LOG_ACTIONS: readonly Action[] = [
  ...FILTERS.map((filter) => ({
    name: `the audit log is filtered by ${filter.menu.toLowerCase()}`,
    path,
    act: (hands: Hands) => useFilter(hands, filter),
  })),
  { name: "the audit log is filtered by what was acted on, in words", path, act: useText },
  { name: "older acts are a button away", path, act: more },
  { name: "the filtered acts are exported as CSV and NDJSON", path, query: "action=identity", act: exportRows },
];
