/** Traffic: every filter, chosen through its menu. Each changes the address and the rows, survives a reload, and Back undoes it. */
import { expect } from "vitest";
import type { TrafficPage, TrafficRow } from "../../../shared/dashboard/traffic.ts";
import type { Action, Hands } from "../support/hands.ts";

interface Filter {
  /** Of the address. */
  readonly name: string;
  readonly menu: string;
  /** The option chosen; undefined: the first. */
  readonly option?: string;
  readonly fits: (row: TrafficRow, value: string) => boolean;
}

const FILTERS: readonly Filter[] = [
  { name: "answer", menu: "answer", option: "Miss", fits: (row, value) => row.answer === value },
  { name: "caller", menu: "caller", fits: (row, value) => row.callerId === value },
  { name: "client", menu: "client", fits: (row, value) => row.client === value },
  { name: "kind", menu: "route kind", fits: (row, value) => row.kind === value },
  { name: "status", menu: "status", option: "424", fits: (row) => row.status === 424 },
  { name: "identity", menu: "identity", option: "demo_ana", fits: (row, value) => row.identity === value },
  { name: "backend", menu: "backend", option: "identity", fits: (row) => row.backend === "github_identity" },
  { name: "reason", menu: "reason", fits: (row, value) => row.why === value },
  { name: "spent", menu: "quota", option: "spent", fits: (row) => row.units > 0 },
  { name: "slower", menu: "duration", option: "100 ms or more", fits: (row) => row.ms >= 100 },
];

/** The rows that the server sent for an address of the page, once they stand in the table. */
async function rowsAfter(hands: Hands, deed: () => Promise<unknown>): Promise<readonly TrafficRow[]> {
  const { rows } = await hands.answered<TrafficPage>("traffic.list", deed);
  const ids = rows.map(({ id }) => String(id));
  await hands.page.waitForFunction(
    (known) => [...document.querySelectorAll<HTMLElement>("[data-row]")].map((row) => row.dataset.row).join() === known,
    ids.join(),
  );
  return rows;
}

async function useFilter(hands: Hands, { name, menu, option, fits }: Filter): Promise<void> {
  const { page } = hands;
  const before = await hands.rows.count();
  await hands.button("Filter").click();
  await hands.examine("[role=menu]");
  await page.getByRole("menuitem", { name: menu, exact: true }).click();
  const options = page.getByRole("menu", { name: menu }).getByRole("menuitem");
  await options.first().waitFor();
  const chosen = option === undefined ? options.first() : options.getByText(option, { exact: true });
  await hands.examine("[role=menu]");
  const rows = await rowsAfter(hands, () => chosen.click());
  const value = hands.inAddress(name);
  expect(value).not.toBe("");
  expect(rows.length, "rows that fit").toBeGreaterThan(0);
  expect(rows.filter((row) => !fits(row, value))).toEqual([]);
  const again = await rowsAfter(hands, () => page.reload());
  expect(again.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  const remove = hands.button(new RegExp(`^Remove filter ${menu} `));
  await remove.waitFor();
  await rowsAfter(hands, () => page.goBack());
  await hands.gone(remove);
  expect(await hands.rows.count()).toBe(before);
  await rowsAfter(hands, () => page.goForward());
  await rowsAfter(hands, () => remove.click());
  expect(hands.inAddress(name)).toBe("");
}

async function useText(hands: Hands): Promise<void> {
  const box = hands.page.getByRole("searchbox");
  const rows = await rowsAfter(hands, () => box.fill("website"));
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ path }) => !path.includes("website"))).toEqual([]);
  expect(hands.inAddress("q")).toBe("website");
  await rowsAfter(hands, () => hands.page.reload());
  expect(await box.inputValue()).toBe("website");
  await rowsAfter(hands, () => box.fill(""));
  expect(hands.inAddress("q")).toBe("");
}

async function useLegend(hands: Hands): Promise<void> {
  const legend = hands.page.getByRole("group", { name: "Show or hide a status" });
  const hit = legend.getByRole("button", { name: /^Hit/ });
  const without = await rowsAfter(hands, () => hit.click());
  expect(without.filter(({ answer }) => answer === "hit")).toEqual([]);
  expect(await hit.getAttribute("aria-pressed")).toBe("false");
  await rowsAfter(hands, () => hit.click());
  expect(await hit.getAttribute("aria-pressed")).toBe("true");
  expect(hands.inAddress("answer")).toBe("");
}

async function clearAll(hands: Hands): Promise<void> {
  await hands.page.getByRole("heading", { name: "No rows match" }).waitFor();
  const rows = await rowsAfter(hands, () => hands.button("Clear filters").click());
  expect(rows.length).toBeGreaterThan(0);
  expect(new URL(hands.page.url()).searchParams.toString()).toBe(`pool=${hands.house.pool}`);
}

export const TRAFFIC_FILTERS: readonly Action[] = [
  ...FILTERS.map((filter) => ({
    name: `traffic is filtered by ${filter.menu}`,
    path: "/traffic",
    act: (hands: Hands) => useFilter(hands, filter),
  })),
  { name: "traffic is filtered by text", path: "/traffic", act: useText },
  { name: "traffic is filtered by the legend", path: "/traffic", act: useLegend },
  {
    name: "filters that leave nothing are cleared at once",
    path: "/traffic",
    query: "status=503&answer=hit&q=zebra",
    act: clearAll,
  },
];
