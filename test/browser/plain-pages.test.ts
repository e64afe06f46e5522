import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { House } from "./support/house.ts";
import { launchChromium, Visitor } from "./support/visitor.ts";

const LOOKS = (["light", "dark"] as const).flatMap((theme) => [360, 1440].map((width) => ({ theme, width })));

let house: House;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(0), launchChromium()]);
});

beforeEach(async () => {
  visitor = await Visitor.enter(browser, house, { theme: "light", width: 1440 });
});

afterEach(async () => {
  await visitor.leave();
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

/** In every look: what is wider than its window, what axe finds grave, and requests to elsewhere. */
async function flaws(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const look of LOOKS) {
    await visitor.look(look);
    const overflow = await visitor.overflow();
    const grave = await visitor.graveFindings();
    found.push(...(overflow > 0 ? [`${overflow} px too wide`] : []), ...grave.map((each) => `${look.theme}: ${each}`));
  }
  return [...found, ...visitor.strayRequests];
}

describe("pages around the dashboard", () => {
  it("the landing page says what this is and where to sign in", async () => {
    await visitor.page.goto(house.url);
    await visitor.page.getByRole("link", { name: /sign in/i }).waitFor();
    expect(await flaws()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });

  it("a sign-in that was cancelled at GitHub says so, and offers another", async () => {
    await visitor.page.goto(`${house.url}/dashboard`);
    visitor.isForgiving = true; // the browser itself notes the page's status 400
    await visitor.page.getByRole("button", { name: "Cancel" }).click();
    await visitor.page.getByRole("heading", { name: "GitHub did not sign you in" }).waitFor();
    expect(await flaws()).toEqual([]);
    await visitor.page.getByRole("link", { name: "Sign in again" }).click();
    await visitor.page.getByRole("button", { name: `Authorize as ${house.operator}`, exact: true }).waitFor();
  });

  it("a member who is no operator is told so, and can sign out", async () => {
    visitor.isForgiving = true; // the browser itself notes the page's status 403
    await visitor.signIn("/dashboard", "bob");
    await visitor.page.getByRole("heading", { name: "You are not an operator" }).waitFor();
    expect(await flaws()).toEqual([]);
    await visitor.page.getByRole("button", { name: "Sign out" }).click();
    await visitor.page.waitForURL(`${house.url}/`);
    await visitor.page.goto(`${house.url}/dashboard`);
    await visitor.page.getByRole("button", { name: "Cancel" }).waitFor();
  });

  it("somebody of another organization is shut out", async () => {
    visitor.isForgiving = true; // the browser itself notes the page's status 403
    await visitor.signIn("/dashboard", "mallory");
    await visitor.page.getByRole("heading", { name: "You have no access" }).waitFor();
    expect(await flaws()).toEqual([]);
  });

  it("an address that is none says so", async () => {
    visitor.isForgiving = true; // the browser itself notes the page's status 404
    await visitor.page.goto(`${house.url}/nowhere`);
    await visitor.page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    expect(await flaws()).toEqual([]);
  });
});
