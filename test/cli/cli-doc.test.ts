import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/registry.ts";
import { renderCliDoc } from "../../scripts/generate-cli-doc.ts";

describe("docs/cli.md", () => {
  it("is what the definitions say; run npm run generate", async () => {
    expect(await readFile(new URL("../../docs/cli.md", import.meta.url), "utf8")).toBe(await renderCliDoc());
  });
});

describe("the registry", () => {
  it.each(COMMANDS.map((entry) => [entry.name, entry] as const))(
    "knows %s by the name the command gives itself",
    async (name, entry) => {
      const command = await entry.load();
      expect(command.name).toBe(name);
      expect(command.about).toMatch(/^[A-Z].*\.$/);
      expect(command.examples.every((example) => example.includes(`octopool ${name}`))).toBe(true);
      expect(command.examples).not.toEqual([]);
    },
  );
});
