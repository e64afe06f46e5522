/** `npm run generate`: writes migrations for what the schemas gained, and every generated document. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { driftedFiles, GENERATORS } from "./generators.ts";
import { failureText } from "./problem.ts";
import { createProgress } from "./progress.ts";
import { ROOT, runTool } from "./run-tool.ts";

const progress = createProgress({ write: (text) => process.stdout.write(text) });

async function generate(): Promise<void> {
  for (const config of ["drizzle.config.ts", "drizzle.do.config.ts"]) {
    await progress.step("migrations", () => runTool("drizzle-kit", ["generate", "--config", config]), lastLine);
  }
  const drifted = new Set(await driftedFiles());
  for (const { file, render } of GENERATORS) {
    const note = () => `${file}${drifted.has(file) ? "" : ", unchanged"}`;
    await progress.step("document", async () => writeFile(join(ROOT, file), await render()), note);
  }
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "";
}

try {
  await generate();
} catch (error) {
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = 1;
}
