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

  it("an identity is tried at GitHub, and its page says what came back", async () => {
    await visitor.enterRoom("/identities", "Identities");
    const identity = region("demo_leaver");
    await button("Test now", identity).click();
    await identity.getByText(/401/).first().waitFor();
    expect(await visitor.graveFindings()).toEqual([]);
  });

  it("deleting an identity names it, and nothing happens where it is kept", async () => {
    await visitor.enterRoom("/identities", "Identities");
    await button("Delete", region("demo_busy")).click();
    const dialog = visitor.page.getByRole("alertdialog");
    await dialog
      .getByText(/demo_busy/)
      .first()
      .waitFor();
    await dialog.locator(":focus").waitFor(); // it is wholly open once it has the focus
    expect(await visitor.graveFindings()).toEqual([]);
    await visitor.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    // The page behind a dialog is hidden from assistive technology until the dialog is wholly gone.
    await region("demo_busy").waitFor();
    expect(await region("demo_busy").count()).toBe(1);
  });

  it("a policy is previewed, saved as a new version and kept in its history", async () => {
    await visitor.enterRoom("/policy", "Policy");
    await visitor.page.getByRole("checkbox", { name: /Serve searches/ }).check();
    await region("Preview")
      .getByText(/of [\d\s\u2009\u202f]+ requests|Nothing would change/)
      .first()
      .waitFor();
    await button("Save version 2").click();
    await region("Version 2").waitFor();
    expect(await region("History").innerText()).toContain("v2");
    expect(await newestAct()).toContain("allow_search");
  });

  it("a filter of the traffic is in the address, and survives a reload", async () => {
    await visitor.enterRoom("/traffic", "Traffic", "answer=miss");
    await visitor.page.reload();
    await visitor.settled();
    const rows = await visitor.page.getByRole("table").getByRole("row").allInnerTexts();
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.slice(1).filter((row) => /\bHit\b/.test(row))).toEqual([]);
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
