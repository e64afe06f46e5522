import { parse, stringify } from "devalue";
import type { Browser, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { House } from "./support/house.ts";
import { type List, LISTS } from "./support/lists.ts";
import { ROOM_PAGES } from "./support/room-pages.ts";
import { launchChromium, Visitor, type Look } from "./support/visitor.ts";

const LOOKS: readonly Look[] = [
  { theme: "light", width: 360 },
  { theme: "dark", width: 1024 },
];

let house: House;
let browser: Browser;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(40), launchChromium()]);
  await house.read("/repos/acme/secret"); // refused: a cause
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

/** The real answer with nothing in it. */
async function emptied(route: Route, nothing: object): Promise<void> {
  const response = await route.fetch();
  const { result } = (await response.json()) as { readonly result: { readonly data: string } };
  const data = stringify({ ...(parse(result.data) as object), ...nothing });
  await route.fulfill({ response, json: { result: { data } } });
}

/** The server's own refusal: the question is put for a pool that nobody holds. */
async function refused(route: Route): Promise<void> {
  const url = route.request().url().replaceAll("demo", "elsewhere");
  await route.fulfill({ response: await route.fetch({ url }) });
}

describe.each(LOOKS)("in $theme at $width px", (look) => {
  let visitor: Visitor;

  beforeAll(async () => {
    visitor = await Visitor.enter(browser, house, look);
    await visitor.signIn();
  });

  beforeEach(() => {
    visitor.isForgiving = false;
  });

  afterEach(async () => {
    await visitor.page.unrouteAll({ behavior: "ignoreErrors" });
    const complaints = visitor.takeComplaints();
    if (complaints.length > 0) throw new Error(`the browser complained: ${complaints.join("; ")}`);
  });

  afterAll(async () => {
    await visitor.leave();
  });

  const answersOf = ({ procedure }: List) => `**/trpc/${procedure}?*`;
  const open = ({ room, query = "" }: List) => {
    const path = ROOM_PAGES.find(({ title }) => title === room)?.path ?? "";
    return visitor.page.goto(`${house.url}/dashboard${path}?pool=${house.pool}&${query}`);
  };

  it.each(LISTS)("$name: loading, then full", async (list) => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await visitor.page.route(answersOf(list), async (route) => {
      await held;
      await route.continue();
    });
    await open(list);
    await visitor.page
      .getByRole("status", { name: /^Loading/ })
      .first()
      .waitFor();
    expect(await visitor.page.locator(list.full).count()).toBe(0);
    expect(await visitor.overflow()).toBe(0);
    letGo();
    await visitor.page.locator(list.full).first().waitFor();
    await visitor.filled();
    expect(await visitor.overflow()).toBe(0);
  });

  it.each(LISTS)("$name: empty, and what to do next", async (list) => {
    await visitor.page.route(answersOf(list), (route) => emptied(route, list.nothing));
    await open(list);
    await visitor.page.getByRole("heading", { name: list.empty }).waitFor();
    await visitor.filled();
    expect(await visitor.page.locator(list.full).count()).toBe(0);
    expect(await visitor.overflow()).toBe(0);
    expect(await visitor.graveFindings("main")).toEqual([]);
  });

  it.each(LISTS)("$name: refused with a request id, and full once it is tried again", async (list) => {
    visitor.isForgiving = true; // the browser notes every refusal's status
    await visitor.page.route(answersOf(list), refused);
    await open(list);
    const problem = visitor.page.getByRole("alert").filter({ hasText: list.fails });
    await problem.waitFor();
    expect(await problem.innerText()).toMatch(/pool_\w+, [\w-]{8,}/);
    expect(await visitor.overflow()).toBe(0);
    expect(await visitor.graveFindings("main")).toEqual([]);
    await visitor.page.unrouteAll({ behavior: "wait" });
    await problem.getByRole("button", { name: "Retry" }).click();
    await visitor.page.locator(list.full).first().waitFor();
    await problem.waitFor({ state: "detached" });
  });
});
