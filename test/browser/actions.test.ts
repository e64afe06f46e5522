import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ACTIONS } from "./actions/all.ts";
import { actionsIn, Hands, SETTINGS } from "./support/hands.ts";
import { House } from "./support/house.ts";
import { ROOM_PAGES } from "./support/room-pages.ts";
import { launchChromium, Visitor } from "./support/visitor.ts";

/** More than one page of the audit log holds. */
const ACTS = 60;

let house: House;
let browser: Browser;

beforeAll(async () => {
  [house, browser] = await Promise.all([House.open(40), launchChromium()]);
  await house.read("/repos/acme/secret"); // refused: a reason to filter by
  await house.readSlowly("/repos/acme-inc/octopus/issues/77"); // a duration to filter by
  for (let weight = 1; weight <= ACTS; weight += 1) {
    const identity = { id: "spare", kind: "pat", login: "mei-demo", secret_ref: "SPARE", weight, scopes: [] };
    await house.setUp(`pools/${house.pool}/identities`, identity);
  }
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

describe.each(SETTINGS)("in $theme at $width px", (setting) => {
  let visitor: Visitor;

  beforeAll(async () => {
    visitor = await Visitor.enter(browser, house, setting);
    await visitor.signIn();
  });

  afterEach(() => {
    const complaints = visitor.takeComplaints();
    if (complaints.length > 0) throw new Error(`the browser complained: ${complaints.join("; ")}`);
  });

  afterAll(async () => {
    await visitor.leave();
  });

  it.each(actionsIn(setting, ACTIONS))("$name", async ({ path, query, act }) => {
    const { title } = ROOM_PAGES.find((room) => room.path === path) ?? { title: "" };
    await visitor.visit(path, title, query);
    await act(new Hands(visitor, house, setting));
    expect(await visitor.overflow()).toBe(0);
  });
});
