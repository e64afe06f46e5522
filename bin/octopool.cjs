#!/usr/bin/env node
// Runs the bundle where it was built, and the sources otherwise. No ES module: their loader costs ten milliseconds.
"use strict";
const { existsSync } = require("node:fs");
const path = require("node:path");

const bundle = path.join(__dirname, "../dist/cli/octopool.cjs");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (!existsSync(bundle) && major === 22 && minor < 18)) {
  process.stderr.write(
    `octopool: Node ${process.versions.node} is too old.\noctopool: next: install Node 22.18 or newer\n`,
  );
  process.exitCode = 1;
} else if (existsSync(bundle)) {
  require("node:module").enableCompileCache?.(); // start-up is most of what a command costs
  require(bundle);
} else {
  void import("../cli/main.ts");
}
