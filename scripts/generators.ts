/** Every file that is written by a program and kept in the repository, apart from migrations. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { renderCliDoc } from "./generate-cli-doc.ts";
import { renderDependenciesDoc } from "./generate-dependencies-doc.ts";
import { renderErrorsDoc } from "./generate-errors-doc.ts";
import { renderOpenapi } from "./generate-openapi.ts";
import { renderRoutesDoc } from "./generate-routes-doc.ts";
import { renderSettingsDoc } from "./generate-settings-doc.ts";
import { ROOT, runTool } from "./run-tool.ts";

export interface Generator {
  /** From the project's root. */
  readonly file: string;
  readonly render: () => string | Promise<string>;
}

export const GENERATORS: readonly Generator[] = [
  { file: "docs/routes.md", render: renderRoutesDoc },
  { file: "docs/errors.md", render: renderErrorsDoc },
  { file: "docs/cli.md", render: renderCliDoc },
  { file: "docs/dependencies.md", render: renderDependenciesDoc },
  { file: "docs/settings.md", render: renderSettingsDoc },
  { file: "server/http/openapi.json", render: () => formatted("server/http/openapi.json", renderOpenapi()) },
];

/** As the formatter leaves a file of that name, so that the format check and the drift check agree. */
function formatted(file: string, text: string): Promise<string> {
  return runTool("oxfmt", [`--stdin-filepath=${file}`], text);
}

/** The files that differ from what their generator says, a missing one among them. */
export async function driftedFiles(
  generators: readonly Generator[] = GENERATORS,
  root: string = ROOT,
): Promise<readonly string[]> {
  const drifted: string[] = [];
  for (const { file, render } of generators) {
    const written = await readFile(join(root, file), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (written !== (await render())) drifted.push(file);
  }
  return drifted;
}
