import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { House } from "./support/house.ts";
import { ROOM_PAGES } from "./support/room-pages.ts";
import { launchChromium, Visitor, type Theme } from "./support/visitor.ts";

const THEMES: readonly Theme[] = ["light", "dark"];
const WIDTHS = [360, 1024, 2560] as const;

let house: House;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(60), launchChromium()]);
  visitor = await Visitor.enter(browser, house, { theme: "light", width: 1440 });
  await visitor.signIn();
});

afterAll(async () => {
  await visitor.leave();
  await browser.close();
  await house.close();
});

describe.each(ROOM_PAGES)("$title", ({ path, title }) => {
  const looks = THEMES.flatMap((theme) => WIDTHS.map((width) => ({ theme, width })));

  it.each(looks)("is whole and without a grave finding in $theme at $width px", async ({ theme, width }) => {
    await visitor.look({ theme, width });
    await visitor.enterRoom(path, title);
    expect(await visitor.overflow()).toBe(0);
    expect(await visitor.graveFindings()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
    expect(visitor.strayRequests).toEqual([]);
  });
});

describe("what the browser was sent", () => {
  it("holds no credential, no hash of one and nothing that signs", async () => {
    const answers = await visitor.everyAnswer();
    expect(answers.filter(({ url }) => url.includes("/trpc/")).length).toBeGreaterThan(ROOM_PAGES.length);
    const leaks = answers.flatMap(({ url, text }) =>
      house.secrets.filter((secret) => text.includes(secret)).map((secret) => `${url}: ${secret.slice(0, 4)}…`),
    );
    expect(leaks).toEqual([]);
  });
});
