/** Overview: its windows, its chart, and every number a door. */
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

const path = "";

const at = (hands: Hands, title: string) => hands.page.getByRole("heading", { level: 1, name: title }).waitFor();

async function windows(hands: Hands): Promise<void> {
  const window = hands.page.getByRole("group", { name: "Window", exact: true });
  for (const [words, name] of [
    ["15 m", "15m"],
    ["24 h", "24h"],
    ["7 d", "7d"],
    ["30 d", "30d"],
    ["1 h", "1h"],
  ] as const) {
    await hands.answered("overview.usage", () => hands.button(words, window).click());
    expect(hands.inAddress("window")).toBe(name);
    expect(await hands.button(words, window).getAttribute("aria-pressed")).toBe("true");
  }
}

const FIGURES: readonly (readonly [figure: string, name: string])[] = [
  ["Requests", ""],
  ["Eligible hit rate", "answer"],
  ["Quota saved", "spent"],
  ["Duration", "slower"],
  ["Units spent", "spent"],
  ["Fallbacks", "answer"],
];

async function figures(hands: Hands): Promise<void> {
  for (const [figure, name] of FIGURES) {
    await hands.page.locator("a.figure").filter({ hasText: figure }).click();
    await at(hands, "Traffic");
    if (name !== "") expect(hands.inAddress(name)).not.toBe("");
    await hands.page.goBack();
    await at(hands, "Overview");
  }
}

async function ways(hands: Hands): Promise<void> {
  for (const [link, title] of [
    ["Rows behind it", "Traffic"],
    ["All resources", "Identities"],
    [/^All [\d\s\u2009\u202f]+ kinds$/, "Routes"],
    ["All", "Traffic"],
  ] as const) {
    await hands.page.getByRole("link", { name: link, exact: true }).click();
    await at(hands, title);
    await hands.page.goBack();
    await at(hands, "Overview");
  }
}

async function legend(hands: Hands): Promise<void> {
  const hit = hands.page.getByRole("group", { name: "Show or hide a status" }).getByRole("button", { name: /^Hit/ });
  await hit.click();
  await hands.page.waitForURL(/hide=hit/);
  await hands.page.reload();
  await hit.waitFor();
  expect(await hit.getAttribute("aria-pressed")).toBe("false");
  await hit.click();
  expect(hands.inAddress("hide")).toBe("");
}

async function chart(hands: Hands): Promise<void> {
  const plot = hands.button(/^Answers of /);
  await plot.locator("canvas").waitFor();
  await plot.focus();
  await hands.page.keyboard.press("ArrowLeft");
  await plot.locator(".tip").waitFor();
  await hands.page.keyboard.press("Enter");
  await at(hands, "Traffic");
  await hands.visitor.filled();
  expect(await hands.page.getByRole("alert").count()).toBe(0);
  expect(Number(hands.inAddress("to"))).toBeGreaterThan(Number(hands.inAddress("from")));
}

export const OVERVIEW_ACTIONS: readonly Action[] = [
  { name: "the overview looks at every named window", path, act: windows },
  { name: "every figure is a way to its rows", path, act: figures },
  { name: "every part leads to its room", path, act: ways },
  { name: "the legend hides a status, also after a reload", path, act: legend },
  { name: "the chart is walked by keys, and Enter opens the rows", path, act: chart },
];
