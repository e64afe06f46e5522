/** The table of settings against what the Worker reads and what wrangler.jsonc lists. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/run-tool.ts";
import { SETTINGS, settingsOf } from "../../scripts/settings.ts";
import { readConfig, RESERVED_NAMES } from "../../server/config.ts";

const varsOf = (file: string) =>
  (parse(readFileSync(join(ROOT, file), "utf8")) as { vars: Record<string, string> }).vars;
const LEAST = { ALLOWED_GITHUB_ORG: "acme" };

describe("the table of settings", () => {
  it("names what the service itself uses, and nothing else", () => {
    expect(SETTINGS.map(({ name }) => name).toSorted()).toEqual([...RESERVED_NAMES].toSorted());
  });

  it.each([
    { file: "wrangler.jsonc", worker: "main" as const },
    { file: "wrangler.public-proxy.jsonc", worker: "proxy" as const },
  ])("has the vars of $file", ({ file, worker }) => {
    const names = settingsOf("var", worker).map(({ name }) => name);
    expect(Object.keys(varsOf(file)).toSorted()).toEqual(names.toSorted());
  });

  it("tells the defaults that hold", () => {
    const readable = settingsOf("var", "main").filter(
      (each) => each.default !== undefined && !/\sasked|^none$|'s /.test(each.default),
    );
    expect(readable.length).toBeGreaterThan(8);
    const told = Object.fromEntries(readable.map((each) => [each.name, each.default]));
    expect(readConfig({ ...LEAST, ...told })).toEqual(readConfig(LEAST));
  });

  it("agrees with the values of wrangler.jsonc, which are the defaults where they are not empty", () => {
    const vars = varsOf("wrangler.jsonc");
    for (const { name, default: otherwise } of settingsOf("var", "main")) {
      if (["ALLOWED_GITHUB_ORG", "DEFAULT_ALLOWED_OWNERS"].includes(name) || vars[name] === "") continue;
      expect([name, vars[name]]).toEqual([name, otherwise]);
    }
  });
});
