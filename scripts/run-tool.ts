/** Runs one of the project's tools to its end. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./generators.ts";
import { Problem } from "./problem.ts";

/** The tools' entry files: a shim in node_modules/.bin would start whichever Node is first in PATH. */
const TOOLS = {
  oxfmt: "oxfmt/bin/oxfmt",
  oxlint: "oxlint/bin/oxlint",
  tsc: "typescript/bin/tsc",
  "drizzle-kit": "drizzle-kit/bin.cjs",
} as const;

/** Resolves to what the tool printed. @throws Problem with that text where it exits with anything but 0. */
export function runTool(tool: keyof typeof TOOLS, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, "node_modules", TOOLS[tool]), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"], // no terminal: a tool that would ask a question fails instead
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const text = Buffer.concat(output).toString("utf8").trim();
      if (code === 0) resolve(text);
      else reject(new Problem(`${tool} ${args.join(" ")} exited with ${code}:\n${text}`));
    });
  });
}
