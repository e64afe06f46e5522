import type { Browser, Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { House } from "./support/house.ts";
import { launchChromium, Visitor } from "./support/visitor.ts";

let house: House;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(20), launchChromium()]);
});

beforeEach(async () => {
  visitor = await Visitor.enter(browser, house, { theme: "dark", width: 1440 });
  await visitor.signIn();
});

afterEach(async () => {
  await visitor.leave();
  const complaints = [...visitor.complaints, ...visitor.strayRequests];
  if (complaints.length > 0) throw new Error(`the browser complained: ${complaints.join("; ")}`);
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

const region = (name: string): Locator => visitor.page.getByRole("region", { name, exact: true });
const button = (name: string | RegExp, within: Locator | Visitor["page"] = visitor.page): Locator =>
  within.getByRole("button", { name, exact: true });

/** The newest act of the log, as one line. */
async function newestAct(): Promise<string> {
  await visitor.enterRoom("/audit-log", "Audit log");
  return visitor.page.getByRole("table").getByRole("row").nth(1).innerText();
}

describe("levers, worked by hand", () => {
  it("an identity is paused and resumed, and the log says who did it", async () => {
    await visitor.enterRoom("/identities", "Identities");
    const identity = region("demo_mei");
    await button("Pause", identity).click();
    await button("Resume", identity).waitFor();
    expect(await newestAct()).toMatch(/octocat[^]*demo_mei/);
    await visitor.enterRoom("/identities", "Identities");
    await button("Resume", identity).click();
    await button("Pause", identity).waitFor();
  });

  it("a policy is saved, and the log says which rule changed", async () => {
    await visitor.enterRoom("/policy", "Policy");
    await visitor.page.getByRole("checkbox", { name: /Serve searches/ }).check();
    await button("Save version 2").click();
    await region("Version 2").waitFor();
    expect(await newestAct()).toContain("allow_search");
  });
});

describe("a Worker that restarts in the middle of a session", () => {
  it("loses no click and asks for no new sign-in", async () => {
    await visitor.enterRoom("/identities", "Identities");
    visitor.isForgiving = true; // the browser notes every request that finds nobody
    await house.stop();
    await house.start();
    const identity = region("demo_ana");
    await button("Pause", identity).click();
    await button("Resume", identity).waitFor();
    await button("Resume", identity).click();
    await button("Pause", identity).waitFor();
    expect(visitor.page.url()).toContain("/dashboard/identities");
  });
});
