/** Identities: every form, and every lever of one. */
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

const path = "/identities";

async function deleteIt(hands: Hands, id: string): Promise<void> {
  await hands.button("Delete", hands.region(id)).click();
  const dialog = await hands.secondStep(`Delete ${id}?`);
  const deed = hands.button(`Delete ${id}`, dialog);
  expect(await deed.isDisabled()).toBe(true);
  await hands.field(/to go on/, dialog).fill(id);
  await deed.click();
  await hands.said(`${id} is deleted`);
  await hands.gone(hands.region(id));
}

async function pauseAndResume(hands: Hands): Promise<void> {
  const identity = hands.region("demo_mei");
  await hands.button("Pause", identity).click();
  await hands.said("demo_mei is paused");
  await identity.getByText("Paused").first().waitFor();
  await hands.button("Resume", identity).click();
  await hands.said("demo_mei serves again");
  await hands.button("Pause", identity).waitFor();
}

async function addToken(hands: Hands): Promise<void> {
  const id = `added_${hands.tag}`;
  await hands.button("Add identity").click();
  const dialog = await hands.dialog("Add an identity");
  await hands.field("Id", dialog).fill(id);
  await hands.field(/GitHub login/, dialog).fill("ana-demo");
  await hands.field(/^Secret/, dialog).fill("DEMO_PAT_ANA");
  await hands.field(/^Weight/, dialog).fill("7");
  await hands.field(/^Scopes/, dialog).fill("acme-inc\nacme-inc/relay");
  await hands.field(/^Public only/, dialog).check();
  await hands.button("Add identity", dialog).click();
  await hands.said(`${id} was added`);
  const said = await hands.region(id).innerText();
  for (const word of ["PAT", "weight 7", "acme-inc, acme-inc/relay", "public only", "present"]) {
    expect(said).toContain(word);
  }
  await deleteIt(hands, id);
}

async function addInstallation(hands: Hands): Promise<void> {
  const id = `app_${hands.tag}`;
  await hands.button("Add identity").click();
  const dialog = await hands.dialog("Add an identity");
  await hands.field("Id", dialog).fill(id);
  await hands.field("Kind", dialog).selectOption("github_app");
  await hands.field(/GitHub login/, dialog).fill("acme-inc");
  await hands.field(/^Secret/, dialog).fill("APP_NOT_SET");
  await hands.field("Installation id", dialog).fill("77");
  await hands.examine("[role=dialog]");
  await hands.button("Add identity", dialog).click();
  await hands.said(`${id} was added`);
  const identity = hands.region(id);
  expect(await identity.innerText()).toContain("App installation 77");
  await hands.button("How to set it", identity).click();
  await identity.getByText("npx wrangler secret put APP_NOT_SET").waitFor();
  await hands.button("Copy", identity).click();
  expect(await hands.clipboard()).toBe("npx wrangler secret put APP_NOT_SET");
  await deleteIt(hands, id);
}

async function isRefused(hands: Hands): Promise<void> {
  await hands.button("Add identity").click();
  const dialog = await hands.dialog("Add an identity");
  await hands.field("Id", dialog).fill("demo_ana");
  await hands.field(/GitHub login/, dialog).fill("ana-demo");
  await hands.field(/^Secret/, dialog).fill("DEMO_PAT_MEI");
  hands.visitor.isForgiving = true; // the browser notes the refusal's status
  await hands.button("Add identity", dialog).click();
  await dialog.getByRole("alert").waitFor();
  hands.visitor.isForgiving = false;
  await hands.examine("[role=dialog]");
  await hands.button("Cancel", dialog).click();
  await hands.gone(dialog);
}

async function edit(hands: Hands): Promise<void> {
  const identity = hands.region("demo_ana");
  for (const [weight, scopes] of [
    ["120", "acme-inc"],
    ["100", "*"],
  ] as const) {
    await hands.button("Edit", identity).click();
    const dialog = await hands.dialog("Edit demo_ana");
    await hands.field(/^Weight/, dialog).fill(weight);
    await hands.field(/^Scopes/, dialog).fill(scopes);
    await hands.button("Save", dialog).click();
    await hands.said("demo_ana was changed");
    await identity.getByText(`weight ${weight}`).waitFor();
    await identity.getByText(scopes, { exact: true }).waitFor();
  }
}

async function testAccepted(hands: Hands): Promise<void> {
  const identity = hands.region("demo_ana");
  await hands.button("Test now", identity).click();
  await identity.getByText("GitHub takes it").waitFor();
  await hands.examine("#demo_ana");
}

async function testAndClear(hands: Hands): Promise<void> {
  const identity = hands.region("demo_leaver");
  await hands.button("Test now", identity).click();
  await identity.getByText("GitHub refused it: 401.").waitFor();
  await hands.examine("#demo_leaver");
  await hands.button("Clear cooldown", identity).click();
  await hands.said("The rests of demo_leaver are ended");
  await hands.gone(hands.button("Clear cooldown", identity));
}

async function keepIt(hands: Hands): Promise<void> {
  for (const way of ["Keep it", "Escape"]) {
    await hands.button("Delete", hands.region("demo_busy")).click();
    const dialog = await hands.secondStep("Delete demo_busy?");
    if (way === "Escape") await hands.page.keyboard.press("Escape");
    else await hands.button(way, dialog).click();
    await hands.gone(dialog);
    await hands.region("demo_busy").waitFor();
  }
}

export const IDENTITY_ACTIONS: readonly Action[] = [
  { name: "an identity is paused, and resumed", path, act: pauseAndResume },
  { name: "an identity with a token is added, and deleted once its name is typed", path, act: addToken },
  { name: "an App installation is added, and its page says how to set the missing secret", path, act: addInstallation },
  { name: "an id that another identity bears is refused in its form", path, act: isRefused },
  { name: "an identity's weight and scopes are edited", path, act: edit },
  { name: "an identity is tested, and GitHub takes it", path, act: testAccepted },
  { name: "an identity is tested, GitHub refuses it, and its rest is ended by hand", path, act: testAndClear },
  { name: "deleting an identity can be left at its second step", path, act: keepIt },
];
