/** Policy: edited with a preview, refused where it makes no sense, saved, and put back. */
import { expect } from "vitest";
import type { Action, Hands } from "../support/hands.ts";

const path = "/policy";

const searches = (hands: Hands) => hands.page.getByRole("checkbox", { name: /Serve searches/ });

async function versionOf(hands: Hands): Promise<number> {
  const [, version = ""] = /Version (\d+)/.exec(await hands.page.locator("#h-policy").innerText()) ?? [];
  return Number(version);
}

async function preview(hands: Hands): Promise<void> {
  await searches(hands).setChecked(!(await searches(hands).isChecked()));
  await hands
    .region("Preview")
    .getByText(/of [\d\s\u2009\u202f]+ requests/)
    .first()
    .waitFor();
  await hands.page.getByText("1 edited").waitFor();
  await hands.button("Discard").click();
  await hands.page.getByRole("heading", { name: "Nothing to preview" }).waitFor();
  expect(await hands.button(/^Save version/).isDisabled()).toBe(true);
}

async function refuse(hands: Hands): Promise<void> {
  const most = hands.field(/^Fetches at one time/);
  await most.fill("0");
  expect(await most.getAttribute("aria-invalid")).toBe("true");
  await hands.page.getByText("nothing is replayed until it is within them").waitFor();
  hands.visitor.isForgiving = true; // the browser notes the refusal's status
  await hands.button(/^Save version/).click();
  await hands.page.getByRole("alert").first().waitFor();
  hands.visitor.isForgiving = false;
  await hands.said("The policy could not be saved");
  await hands.button("Discard").click();
  await hands.gone(hands.page.getByRole("alert"));
}

async function saveAndRestore(hands: Hands): Promise<void> {
  const before = await versionOf(hands);
  const was = await searches(hands).isChecked();
  await searches(hands).setChecked(!was);
  await hands.button(`Save version ${before + 1}`).click();
  await hands.said(`Version ${before + 1} of the policy holds`);
  await hands.region(`Version ${before + 1}`).waitFor();
  const rowOf = (version: number) =>
    hands
      .region("History")
      .getByRole("listitem")
      .filter({ hasText: new RegExp(`^\\s*v${version}(?!\\d)`) });
  await rowOf(before + 1)
    .getByText("in force")
    .waitFor();
  expect(await rowOf(before + 1).innerText()).toMatch(/octocat[^]*allow_search/);
  await hands.button("Restore", rowOf(before)).click();
  const dialog = await hands.secondStep(`Restore version ${before}?`);
  await hands.button(`Keep version ${before + 1}`, dialog).click();
  await hands.gone(dialog);
  await hands.button("Restore", rowOf(before)).click();
  const again = await hands.secondStep(`Restore version ${before}?`);
  await hands.button(`Restore version ${before}`, again).click();
  await hands.said(`version ${before} is restored`);
  await hands.region(`Version ${before + 2}`).waitFor();
  expect(await searches(hands).isChecked()).toBe(was);
  await hands.page.reload();
  await hands.region(`Version ${before + 2}`).waitFor();
  expect(await searches(hands).isChecked()).toBe(was);
}

export const POLICY_ACTIONS: readonly Action[] = [
  { name: "a policy is edited, previewed and left as it was", path, act: preview },
  { name: "a policy out of its limits is refused by name", path, act: refuse },
  { name: "a policy is saved as a new version, and an older one put back at a second step", path, act: saveAndRestore },
];
