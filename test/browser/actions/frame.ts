/** What every room shares: rooms, pools, themes, keys, and the way out. */
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";
import { ROOM_PAGES } from "../support/room-pages.ts";

const path = "";

async function rooms(hands: Hands): Promise<void> {
  const menu = hands.button("Menu");
  for (const { title } of ROOM_PAGES.toReversed()) {
    if (await menu.isVisible()) await menu.click();
    const link = hands.page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: title });
    if (title === "Audit log") await hands.examine(".nav");
    await link.click();
    await hands.page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await hands.page.waitForFunction((name) => document.title.startsWith(name), title);
    expect(hands.inAddress("pool")).toBe(hands.house.pool);
    await hands.visitor.filled();
  }
}

const themeButton = (hands: Hands) => hands.button(/^Theme: /).filter({ visible: true });
const chosenTheme = (hands: Hands) =>
  hands.page.evaluate(() => [
    document.documentElement.dataset.theme ?? "system",
    getComputedStyle(document.documentElement).colorScheme,
  ]);

async function themes(hands: Hands): Promise<void> {
  expect(await chosenTheme(hands)).toEqual(["system", "light dark"]);
  for (const theme of ["light", "dark"] as const) {
    await themeButton(hands).click();
    expect(await chosenTheme(hands)).toEqual([theme, theme]);
    await isPaintedFirst(hands, theme);
    expect(await chosenTheme(hands)).toEqual([theme, theme]);
  }
  await themeButton(hands).click();
  expect(await chosenTheme(hands)).toEqual(["system", "light dark"]);
}

/** The page's own script is held back until the page has been painted without it. */
async function isPaintedFirst(hands: Hands, theme: "light" | "dark"): Promise<void> {
  const { page } = hands;
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const entry = await page.locator("script[type=module]").getAttribute("src");
  await page.route(`**${entry}`, async (route) => {
    await held;
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(
    () => performance.getEntriesByName("first-paint").length > 0 || document.styleSheets.length > 0,
  );
  expect(await chosenTheme(hands)).toEqual([theme, theme]);
  expect(await page.locator("#app").innerHTML()).toBe("");
  letGo();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.unrouteAll({ behavior: "wait" });
}

async function pools(hands: Hands): Promise<void> {
  await hands.button("Pool: demo").click();
  await hands.examine("[role=menu]");
  await hands.page.getByRole("menuitemradio", { name: "maintainers", exact: true }).click();
  await hands.button("Pool: maintainers").waitFor();
  expect(hands.inAddress("pool")).toBe("maintainers");
  await hands.page.reload();
  await hands.button("Pool: maintainers").waitFor();
  await hands.visitor.filled();
  await hands.page.goBack();
  await hands.button("Pool: demo").waitFor();
}

async function keys(hands: Hands): Promise<void> {
  await hands.page.keyboard.press("?");
  const dialog = await hands.dialog("Shortcuts");
  const known = await dialog.locator("kbd").allInnerTexts();
  expect(known).toEqual(["?", "/", "p"]);
  await hands.page.keyboard.press("Escape");
  await hands.gone(dialog);
  await hands.page.keyboard.press("/");
  await hands.page.locator("[data-filter]:focus").waitFor();
  await hands.page.keyboard.type("?p");
  expect(await hands.page.getByRole("searchbox").inputValue()).toBe("?p");
  expect(await hands.page.getByRole("dialog").count()).toBe(0);
  await hands.page.keyboard.press("Escape");
  await hands.gone(hands.page.locator("[data-filter]:focus"));
}

async function skip(hands: Hands): Promise<void> {
  await hands.page.reload();
  await hands.visitor.filled();
  await hands.page.keyboard.press("Tab");
  const link = hands.page.getByRole("link", { name: "Skip to content" });
  expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
  await hands.page.keyboard.press("Enter");
  await hands.page.locator("main:focus").waitFor();
}

async function leave(hands: Hands): Promise<void> {
  const menu = hands.button("Menu");
  if (await menu.isVisible()) await menu.click();
  await hands.page.getByRole("link", { name: "Sign out" }).click();
  await hands.button("Sign out").click();
  await hands.page.waitForURL(`${hands.house.url}/`);
  await hands.page.goto(`${hands.house.url}/dashboard`);
  await hands.button("Cancel").waitFor(); // GitHub asks who it is
}

export const FRAME_ACTIONS: readonly Action[] = [
  { name: "every room is entered through the navigation", path, act: rooms },
  { name: "a theme is chosen, kept, and painted first after a reload", path, act: themes },
  { name: "another pool is looked at, and Back returns", path, act: pools },
  {
    name: "? lists the keys, / focuses the filter, and neither acts while somebody types",
    path: "/traffic",
    act: keys,
  },
  { name: "the first Tab offers to skip to the content", path: "/routes", act: skip },
];

/** Ends the session: nothing can follow it. */
export const LEAVING: Action = { name: "somebody signs out, and the dashboard asks who it is", path, act: leave };
