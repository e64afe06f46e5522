import { openSync, readSync, closeSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { machineOf, requireMachine } from "../../../scripts/release/machine.ts";
import { ownTarget, TARGETS } from "../../../scripts/release/targets.ts";
import { aHead } from "./support/heads.ts";

const directory = mkdtempSync(join(tmpdir(), "octopool-machine-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the machine an executable is for", () => {
  it.each(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64", "windows-arm64"] as const)(
    "is %s where its head says so",
    (name) => {
      expect(machineOf(aHead(name))).toBe(name);
    },
  );

  it("is this one for the program that runs this", () => {
    const bytes = Buffer.alloc(4096);
    const file = openSync(process.execPath, "r");
    readSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
    expect(machineOf(bytes)).toBe(ownTarget()?.name);
  });

  it.each([
    { name: "nothing", bytes: Buffer.alloc(0) },
    { name: "a script", bytes: Buffer.from("#!/bin/sh\n".padEnd(100)) },
    { name: "another processor", bytes: aHead("linux-x64").fill(0x28, 18, 19) },
    { name: "32 bits", bytes: aHead("linux-x64").fill(1, 4, 5) },
    { name: "a PE whose second head lies outside", bytes: aHead("windows-x64").subarray(0, 100) },
  ])("is unknown of $name", ({ bytes }) => {
    expect(machineOf(bytes)).toBeUndefined();
  });

  it("is asked before anything is packed under a target's name", async () => {
    const file = join(directory, "octopool");
    writeFileSync(file, aHead("linux-x64"));
    const refusals = await Promise.all(
      TARGETS.map((target) =>
        requireMachine(target, file).then(
          () => "none",
          (error: Error) => error.message,
        ),
      ),
    );
    expect(refusals).toEqual(
      TARGETS.map(({ name }) => (name === "linux-x64" ? "none" : `${file} is for linux-x64, not one for ${name}.`)),
    );
  });
});
