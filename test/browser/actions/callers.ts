/** Callers: who is let in, who is shut out, and what each may use. */
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

const path = "/callers";

async function open(hands: Hands, login: string): Promise<ReturnType<Hands["page"]["getByRole"]>> {
  await hands.button(login, hands.table).click();
  const drawer = hands.page.getByRole("complementary", { name: `Caller ${login}` });
  await drawer.waitFor();
  return drawer;
}

const part = (hands: Hands, heading: string) =>
  hands.page.locator(".part").filter({ has: hands.page.getByRole("heading", { name: heading, exact: true }) });

async function letIn(hands: Hands): Promise<void> {
  const client = `laptop-${hands.setting.theme}-${hands.setting.width}`;
  await hands.button("Let somebody in").first().click();
  const form = await hands.dialog("Let somebody in");
  await hands.field("GitHub login", form).fill("ana-demo");
  await hands.field(/^Client/, form).fill(client);
  await hands.button("Make a token", form).click();
  const made = await hands.dialog(`ana-demo may use this pool as ${client}`);
  const token = await made.locator("code").innerText();
  await hands.button("Copy", made).click();
  expect(await hands.clipboard()).toBe(token);
  expect(await hands.house.opens(token)).toBe(true);
  await hands.button("I have it", made).click();
  await hands.gone(made);
  expect(await hands.page.content()).not.toContain(token);
  const drawer = await open(hands, "ana-demo");
  const item = part(hands, "Clients").getByRole("listitem").filter({ hasText: client });
  await hands.button("Revoke", item).click();
  const second = await hands.secondStep(`Revoke ana-demo/${client}?`);
  await hands.button(`Revoke ${client}`, second).click();
  await hands.said(`ana-demo/${client} is revoked`);
  await hands.gone(item.getByRole("button"));
  expect(await hands.house.opens(token)).toBe(false);
  await hands.button("Close", drawer).click();
  await hands.gone(drawer);
}

async function stranger(hands: Hands): Promise<void> {
  await hands.button("Let somebody in").first().click();
  const form = await hands.dialog("Let somebody in");
  await hands.field("GitHub login", form).fill("nobody-of-that-name");
  hands.visitor.isForgiving = true; // the browser notes the refusal's status
  await hands.button("Make a token", form).click();
  await form.getByRole("alert").waitFor();
  hands.visitor.isForgiving = false;
  await hands.page.keyboard.press("Escape");
  await hands.gone(form);
}

async function disableAndEnable(hands: Hands): Promise<void> {
  const drawer = await open(hands, "chidi-demo");
  await hands.examine(".drawer");
  await hands.button("Disable", drawer).click();
  const second = await hands.secondStep("Disable chidi-demo?");
  await hands.button("Disable chidi-demo", second).click();
  await hands.said("chidi-demo is disabled");
  await drawer.getByText("disabled", { exact: true }).waitFor();
  await hands.button("Enable", drawer).click();
  await hands.said("chidi-demo is let in again");
  await hands.button("Disable", drawer).waitFor();
}

async function grantAndRevoke(hands: Hands): Promise<void> {
  await open(hands, "mei-demo");
  const grant = part(hands, "Your pools").getByRole("listitem").filter({ hasText: "maintainers" });
  await hands.button("Grant", grant).click();
  await hands.said("mei-demo may use maintainers");
  await hands.button("Revoke", grant).click();
  const second = await hands.secondStep("Take maintainers from mei-demo?");
  await hands.button("Keep it", second).click();
  await hands.gone(second);
  await hands.button("Revoke", grant).click();
  const again = await hands.secondStep("Take maintainers from mei-demo?");
  await hands.button("Revoke maintainers", again).click();
  await hands.said("mei-demo may not use maintainers any more");
  await hands.button("Grant", grant).waitFor();
}

async function theirRequests(hands: Hands): Promise<void> {
  const drawer = await open(hands, "triage-bot");
  await drawer.getByRole("link", { name: "Their requests" }).click();
  await hands.page.getByRole("heading", { level: 1, name: "Traffic" }).waitFor();
  await hands.button(/^Remove filter caller/).waitFor();
  await hands.rows.first().waitFor();
  await hands.page.goBack();
  await drawer.waitFor();
  await hands.page.keyboard.press("Escape");
  await hands.gone(drawer);
}

async function search(hands: Hands): Promise<void> {
  const box = hands.page.getByRole("searchbox");
  const before = await hands.rows.count();
  await box.fill("bot");
  await hands.page.waitForURL(/q=bot/);
  await hands.page.waitForFunction((most) => document.querySelectorAll("tbody tr").length < most, before);
  expect((await hands.rows.allInnerTexts()).filter((row) => !row.includes("bot"))).toEqual([]);
  await hands.page.reload();
  await hands.visitor.filled();
  expect(await box.inputValue()).toBe("bot");
  await box.fill("nobody at all");
  await hands.page.getByRole("heading", { name: "No caller matches" }).waitFor();
  await hands.button("Clear the filter").click();
  await hands.rows.nth(before - 1).waitFor();
}

export const CALLER_ACTIONS: readonly Action[] = [
  { name: "somebody is let in, sees the token once, and the client is revoked", path, act: letIn },
  { name: "somebody whom GitHub does not know is refused in the form", path, act: stranger },
  { name: "a caller is disabled at a second step, and enabled", path, act: disableAndEnable },
  { name: "a caller is granted another pool, and it is taken away at a second step", path, act: grantAndRevoke },
  { name: "a caller's requests are a link away, and Back returns to the caller", path, act: theirRequests },
  { name: "callers are searched by name, and the search survives a reload", path, act: search },
];
