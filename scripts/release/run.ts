/** Runs a program of this machine to its end. */
import { spawn } from "node:child_process";
import { Problem } from "../problem.ts";
import { ROOT } from "../run-tool.ts";

/** Resolves to its standard output. @throws Problem with all it wrote where it cannot be run or fails. */
export function run(program: string, args: readonly string[], cwd: string = ROOT): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && program.endsWith(".cmd"), // Node starts no .cmd without one
  });
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Problem(`${program} cannot be run: ${error.message}`)));
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Problem(`${program} ${args.join(" ")} exited with ${code}:\n${(output + complaints).trim()}`));
    });
  });
}
