/** Traffic: what can be done with its rows. */
import { expect, vi } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

const path = "/traffic";

const opened = (hands: Hands) => hands.page.locator("tr[aria-current=true]");
const drawer = (hands: Hands) => hands.page.getByRole("complementary", { name: "Decision trail" });

async function readTrail(hands: Hands): Promise<void> {
  await hands.rows.first().getByRole("button").click();
  await drawer(hands).getByRole("heading", { name: "Decision trail" }).waitFor();
  await hands.examine(".drawer");
  expect(await drawer(hands).getByRole("listitem").count()).toBeGreaterThan(2);
  const idOf = async () => drawer(hands).locator(".drawer-head .id").innerText();
  const first = await idOf();
  await hands.page.waitForFunction((id) => document.querySelector(".drawer-head .id")?.textContent === id, first);
  await hands.button("The next request").click();
  await hands.page.waitForFunction((id) => document.querySelector(".drawer-head .id")?.textContent !== id, first);
  await hands.button("The request before").click();
  await hands.page.waitForFunction((id) => document.querySelector(".drawer-head .id")?.textContent === id, first);
  await hands.page.reload();
  await drawer(hands).getByText(first).waitFor();
  await hands.button("Close", drawer(hands)).click();
  await hands.gone(drawer(hands));
  expect(hands.page.url()).not.toContain("row=");
}

async function copyCurl(hands: Hands): Promise<void> {
  await hands.rows.first().getByRole("button").click();
  await hands.button("Copy as curl").click();
  await hands.said("Copied.");
  const copied = await hands.clipboard();
  expect(copied).toMatch(/^curl -sS 'http:\/\/127\.0\.0\.1:\d+\/v1\/github\/request'/);
  expect(copied).toContain("Bearer $OCTOPOOL_TOKEN");
  expect(copied).toContain(`"pool":"${hands.house.pool}"`);
  expect(hands.house.secrets.filter((secret) => copied.includes(secret))).toEqual([]);
}

async function useKeys(hands: Hands): Promise<void> {
  const { keyboard } = hands.page;
  await hands.rows.first().getByRole("button").click();
  await drawer(hands).waitFor();
  const second = hands.rows.nth(1);
  await keyboard.press("j");
  await hands.page.waitForFunction(() => document.querySelectorAll("tbody tr")[1]?.ariaCurrent === "true");
  await keyboard.press("k");
  await hands.page.waitForFunction(() => document.querySelectorAll("tbody tr")[0]?.ariaCurrent === "true");
  expect(await second.getAttribute("aria-current")).toBeNull();
  await keyboard.press("Escape");
  await hands.gone(drawer(hands));
  expect(await opened(hands).count()).toBe(0);
  expect(await hands.page.locator(":focus").getAttribute("data-row")).not.toBeNull();
  await keyboard.press("p");
  await hands.page.getByText("Paused").last().waitFor();
  await keyboard.press("p");
  await hands.button("Pause").waitFor();
}

async function walkBack(hands: Hands): Promise<void> {
  const before = await hands.rows.count();
  await hands.button("Older rows").click();
  await hands.rows.nth(before).waitFor();
  const ids = await hands.page
    .locator("[data-row]")
    .evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.row));
  expect(new Set(ids).size).toBe(ids.length);
}

/** The page's own clock is hurried, so that nobody waits for its next question. */
async function live(hands: Hands): Promise<void> {
  const { page } = hands;
  await page.clock.install();
  await page.reload();
  await hands.visitor.filled();
  const newest = () => page.locator("[data-row]").first().getAttribute("data-row");
  const hurriedUntil = (isSo: () => Promise<boolean>) =>
    vi.waitUntil(async () => (await isSo()) || (await page.clock.fastForward(5_000), false), { timeout: 30_000 });
  const first = await newest();
  await hands.house.read("/repos/acme-inc/relay/issues/1");
  await hurriedUntil(async () => (await newest()) !== first);
  await hands.button("Pause").click();
  const second = await newest();
  await hands.house.read("/repos/acme-inc/relay/issues/2");
  const waits = page.getByText(/newer rows wait; nothing is lost/);
  await hurriedUntil(() => waits.isVisible());
  expect(await newest()).toBe(second);
  await hands
    .button(/^Resume/)
    .last()
    .click();
  await page.waitForFunction((id) => document.querySelector<HTMLElement>("[data-row]")?.dataset.row !== id, second);
}

async function chooseWindow(hands: Hands): Promise<void> {
  await hands.button("15 m").click();
  await hands.page.waitForURL(/window=15m/);
  await hands.button("Custom").click();
  await hands.examine(".window-menu");
  const menu = hands.page.getByRole("group", { name: "Custom window" });
  const [from, to] = [hands.field("From", menu), hands.field("To", menu)];
  const [start, end] = [await from.inputValue(), await to.inputValue()];
  await from.fill(end);
  await to.fill(start);
  await hands.button("Show", menu).click();
  await menu.getByRole("alert").waitFor();
  await from.fill(start);
  await to.fill(end);
  await hands.button("Show", menu).click();
  await hands.gone(menu);
  await hands.page.waitForURL(/from=\d+&to=\d+/);
  expect(hands.page.url()).not.toContain("window=");
  await hands.rows.first().waitFor();
  await hands.page.reload();
  await hands.rows.first().waitFor();
  await hands.button(/–/).click();
  await hands.page.keyboard.press("Escape");
  await hands.gone(menu);
  await hands.page.goBack();
  await hands.page.waitForURL(/window=15m/);
}

async function exportRows(hands: Hands): Promise<void> {
  for (const [format, item] of [
    ["csv", "CSV, for spreadsheets"],
    ["ndjson", "NDJSON, one object a line"],
  ] as const) {
    const { name, lines } = await hands.saved(() => hands.choose(/^Export/, item));
    expect(name).toBe(`octopool-demo-traffic.${format}`);
    const rows = format === "csv" ? lines.slice(1) : lines;
    if (format === "csv") expect(lines[0]).toMatch(/^time,request_id,caller,/);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.filter((line) => !line.includes("pr_view"))).toEqual([]);
    await hands.said(`${rows.length} rows exported`);
  }
}

export const TRAFFIC_ACTIONS: readonly Action[] = [
  { name: "a request's decision trail is opened, stepped through and closed", path, act: readTrail },
  { name: "a request is copied as curl, without any secret", path, act: copyCurl },
  { name: "requests are stepped through, closed and paused by keys", path, act: useKeys },
  { name: "older rows are a button away, none twice", path, act: walkBack },
  { name: "new rows come by themselves, wait while paused, and come when resumed", path, act: live },
  { name: "a window is chosen, named or custom, and Back returns to it", path, act: chooseWindow },
  { name: "the filtered rows are exported as CSV and NDJSON", path, query: "kind=pr_view", act: exportRows },
];
