/** Runs one of the project's tools to its end. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem } from "./problem.ts";

/** The project's folder. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** The tools' entry files: a shim in node_modules/.bin would start whichever Node is first in PATH. */
const TOOLS = {
  oxfmt: "oxfmt/bin/oxfmt",
  oxlint: "oxlint/bin/oxlint",
  tsc: "typescript/bin/tsc",
  "drizzle-kit": "drizzle-kit/bin.cjs",
} as const;

/**
 * Resolves to what the tool wrote on standard output; it reads `input`, or nothing.
 * @throws Problem with all it wrote where it exits with anything but 0.
 */
export function runTool(tool: keyof typeof TOOLS, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, "node_modules", TOOLS[tool]), ...args], {
    cwd: ROOT,
    stdio: [input === "" ? "ignore" : "pipe", "pipe", "pipe"], // no terminal: a tool that would ask a question fails instead
  });
  let output = "";
  let complaints = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdin?.once("error", reject).end(input);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Problem(`${tool} ${args.join(" ")} exited with ${code}:\n${(output + complaints).trim()}`));
    });
  });
}
