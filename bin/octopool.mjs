#!/usr/bin/env node
// Runs the bundle where it was built, and the sources otherwise.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";

const bundle = new URL("../dist/cli/octopool.cjs", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isTooOld = major < 22 || (!existsSync(bundle) && major === 22 && minor < 18);

if (isTooOld) {
  process.stderr.write(
    `octopool: Node ${process.versions.node} is too old.\noctopool: next: install Node 22.18 or newer\n`,
  );
  process.exitCode = 1;
} else {
  nodeModule.enableCompileCache?.(); // start-up is most of what a command costs
  await import(existsSync(bundle) ? bundle.href : new URL("../cli/main.ts", import.meta.url).href);
}
