/** Routes and usage: what narrows them, where they lead, and what is saved of them. */
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

interface Filter {
  readonly name: string;
  readonly menu: string;
  readonly option: string;
}

const FILTERS: readonly Filter[] = [
  { name: "family", menu: "Family", option: "Pull requests" },
  { name: "via", menu: "Transport", option: "identity" },
  { name: "resource", menu: "Rate bucket", option: "search" },
  { name: "asked", menu: "Asked for", option: "in this window" },
  { name: "asked", menu: "Asked for", option: "not in this window" },
];

async function useFilter(hands: Hands, { name, menu, option }: Filter): Promise<void> {
  const before = await hands.rows.count();
  const isNow = (rows: number) =>
    hands.page.waitForFunction((count) => document.querySelectorAll("tbody tr").length === count, rows);
  await hands.button("Filter").click();
  await hands.page.getByRole("menuitem", { name: menu, exact: true }).click();
  await hands.examine("[role=menu]");
  await hands.page.getByRole("menu", { name: menu }).getByText(option, { exact: true }).click();
  await hands.page.waitForFunction((count) => document.querySelectorAll("tbody tr").length < count, before);
  const after = await hands.rows.count();
  expect(after).toBeGreaterThan(0);
  expect(hands.inAddress(name)).not.toBe("");
  await hands.page.getByText(new RegExp(`^${after} of ${before} kinds$`)).waitFor();
  await hands.page.reload();
  await isNow(after);
  await hands.page.goBack();
  await isNow(before);
  await hands.page.goForward();
  await hands.button(new RegExp(`^Remove filter ${menu} `)).click();
  await isNow(before);
}

async function searchRoutes(hands: Hands): Promise<void> {
  const box = hands.page.getByRole("searchbox");
  await box.fill("reviews");
  await hands.page.waitForURL(/q=reviews/);
  await hands.rows.filter({ hasText: "pr_reviews" }).first().waitFor();
  await hands.page.reload();
  expect(await box.inputValue()).toBe("reviews");
  await box.fill("nothing like it");
  await hands.page.getByRole("heading", { name: "No kind matches" }).waitFor();
  await hands.button("Clear filters").click();
  await hands.rows.nth(20).waitFor();
}

async function followKind(hands: Hands): Promise<void> {
  await hands.rows.first().getByRole("link").first().click();
  await hands.page.getByRole("heading", { level: 1, name: "Traffic" }).waitFor();
  await hands.button(/^Remove filter route kind/).waitFor();
  expect(hands.inAddress("kind")).not.toBe("");
  await hands.rows.first().waitFor();
}

async function searchPatterns(hands: Hands): Promise<void> {
  const box = hands.page.getByRole("searchbox");
  await box.fill("issues");
  await hands.page.waitForURL(/q=issues/);
  await hands.page.waitForFunction(() =>
    [...document.querySelectorAll("table:first-of-type tbody tr td:first-child")]
      .slice(0, 3)
      .every((cell) => cell.textContent?.includes("issue")),
  );
  await box.fill("nothing like it");
  await hands.page.getByRole("heading", { name: "No pattern matches" }).waitFor();
  await hands.button("Clear the filter").click();
  await hands.rows.first().waitFor();
  await hands.button("24 h").click();
  await hands.page.waitForURL(/window=24h/);
  await hands.rows.first().waitFor();
}

async function exportUsage(hands: Hands): Promise<void> {
  for (const [place, file, head] of [
    [0, "patterns", "route_kind,pattern,requests"],
    [1, "causes", "kind,code,route_kind,requests"],
    [2, "callers", "caller_id,login,requests"],
  ] as const) {
    for (const [format, item] of [
      ["csv", "CSV, for spreadsheets"],
      ["ndjson", "NDJSON, one object a line"],
    ] as const) {
      const { name, lines } = await hands.saved(async () => {
        await hands.button("Export").nth(place).click();
        await hands.page.getByRole("menuitem", { name: item, exact: true }).click();
      });
      expect(name).toBe(`octopool-demo-${file}.${format}`);
      if (format === "csv") expect(lines[0]).toContain(head);
      else expect(Object.keys(JSON.parse(lines[0] ?? "{}") as object).join()).toContain(head);
      await hands.said(`${name}: `);
    }
  }
}

export const ROUTE_AND_USAGE_ACTIONS: readonly Action[] = [
  ...FILTERS.map((filter) => ({
    name: `the catalogue is filtered by ${filter.menu.toLowerCase()}: ${filter.option}`,
    path: "/routes",
    act: (hands: Hands) => useFilter(hands, filter),
  })),
  { name: "the catalogue is searched by words", path: "/routes", act: searchRoutes },
  { name: "a route's kind is a way to its requests", path: "/routes", act: followKind },
  { name: "patterns are searched by words, in another window", path: "/usage", act: searchPatterns },
  { name: "patterns, causes and callers are exported as CSV and NDJSON", path: "/usage", act: exportUsage },
];
