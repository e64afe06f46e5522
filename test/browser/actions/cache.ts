/** Cache: what is stored is found, looked at and ended, each time after it was counted. */
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

const path = "/cache";
const REPOSITORY = "acme-inc/octopus";
const ISSUE = `/repos/${REPOSITORY}/issues/3`;

async function find(hands: Hands, by: string, text: string): Promise<void> {
  await hands.button(by).click();
  await hands.page.getByRole("searchbox").fill(text);
  await hands.button("Find").click();
  await hands.visitor.filled();
}

/** The one stored answer of the path, in its drawer. */
async function openEntry(hands: Hands): Promise<Locator> {
  expect(await hands.house.read(ISSUE)).toBe(200);
  await find(hands, "Path", ISSUE);
  await hands.page
    .getByRole("row")
    .filter({ hasText: "Fresh" })
    .getByRole("button", { name: new RegExp(`^${ISSUE}`) })
    .click();
  const drawer = hands.page.getByRole("complementary", { name: "Stored answer" });
  await drawer.getByText("Filled by").waitFor();
  return drawer;
}

/** Confirms what was counted, and says how many entries that were. */
async function confirmPurge(hands: Hands, what: string): Promise<number> {
  const dialog = await hands.secondStep(`Purge ${what}?`);
  const deed = hands.button(/^Purge \d+ entr(y|ies)$/, dialog);
  await deed.waitFor();
  const [, counted = "0"] = /(\d+)/.exec(await deed.innerText()) ?? [];
  expect(await dialog.innerText()).toMatch(/\bgo(es)?, \d+ of them fresh/);
  await deed.click();
  await hands.gone(dialog);
  await hands.said(new RegExp(`^${counted} entr(y|ies) of`));
  return Number(counted);
}

async function search(hands: Hands): Promise<void> {
  await hands.house.read(ISSUE);
  for (const [by, kind, text] of [
    ["Repository", "repository", REPOSITORY],
    ["Path", "path", ISSUE],
    ["Surrogate key", "key", `issue:${REPOSITORY}#3`],
  ] as const) {
    await find(hands, by, text);
    expect([hands.inAddress("by"), hands.inAddress("q")]).toEqual([kind, text]);
    await hands.rows.first().waitFor();
    expect((await hands.rows.allInnerTexts()).filter((row) => !row.includes(REPOSITORY))).toEqual([]);
  }
  await hands.page.goBack();
  await hands.page.reload();
  expect(await hands.page.getByRole("searchbox").inputValue()).toBe(ISSUE);
  await hands.rows.first().waitFor();
  await find(hands, "Repository", "acme-inc/never-was");
  await hands.page.getByRole("heading", { name: "Nothing is stored for that" }).waitFor();
  await hands.button("Back to the totals").click();
  await hands.page.getByRole("heading", { name: "Nothing is stored for that" }).waitFor({ state: "detached" });
  expect(hands.inAddress("q")).toBe("");
}

async function readEntry(hands: Hands): Promise<void> {
  const drawer = await openEntry(hands);
  await hands.examine(".drawer");
  const said = await drawer.innerText();
  for (const word of ["Status", "Age", "Validator", "issue_view", `issue:${REPOSITORY}#3`, ISSUE])
    expect(said).toContain(word);
  const key = drawer.getByRole("button", { name: `issue:${REPOSITORY}#3`, exact: true });
  await key.click();
  await hands.gone(drawer);
  expect(hands.inAddress("by")).toBe("key");
  await hands.page.goBack();
  await drawer.waitFor();
  await hands.page.keyboard.press("Escape");
  await hands.gone(drawer);
}

async function purgeEntry(hands: Hands): Promise<void> {
  const drawer = await openEntry(hands);
  await hands.button("Purge it", drawer).click();
  const dialog = await hands.secondStep(`Purge ${ISSUE}?`);
  await hands.button("Keep them", dialog).click();
  await hands.gone(dialog);
  await hands.button("Purge it", drawer).click();
  expect(await confirmPurge(hands, ISSUE)).toBe(1);
  await hands.gone(drawer);
  await hands.gone(hands.page.getByRole("row").filter({ hasText: "Fresh" }));
}

async function purgeKey(hands: Hands): Promise<void> {
  const drawer = await openEntry(hands);
  const key = `issue:${REPOSITORY}#3`;
  await hands.button("Purge", drawer.getByRole("listitem").filter({ hasText: key })).click();
  expect(await confirmPurge(hands, key)).toBeGreaterThan(0);
  await hands.gone(drawer);
}

async function purgeRepository(hands: Hands): Promise<void> {
  await hands.house.read(ISSUE);
  await hands.house.read(`/repos/${REPOSITORY}/issues`);
  await find(hands, "Repository", REPOSITORY);
  await hands.button("Purge all of it").click();
  expect(await confirmPurge(hands, REPOSITORY)).toBeGreaterThan(1);
  await hands.gone(hands.page.getByRole("row").filter({ hasText: "Fresh" }));
}

export const CACHE_ACTIONS: readonly Action[] = [
  { name: "what is stored is found by repository, path and key", path, act: search },
  { name: "a stored answer is looked at, and its key is a way on", path, act: readEntry },
  { name: "one stored answer is purged once it was counted", path, act: purgeEntry },
  { name: "what bears a surrogate key is purged once it was counted", path, act: purgeKey },
  { name: "all of a repository is purged once it was counted", path, act: purgeRepository },
];
