import { describe, expect, it } from "vitest";
import { Problem } from "../../scripts/problem.ts";
import { DEFAULT_PORT, HELP, readStartOptions } from "../../scripts/start-options.ts";

const NOTHING = { port: DEFAULT_PORT, fresh: false, github: false, quiet: false, help: false, stateDir: undefined };

describe("readStartOptions", () => {
  it.each([
    { name: "nothing", args: [], env: {}, expected: {} },
    { name: "--port", args: ["--port", "9000"], env: {}, expected: { port: 9000 } },
    { name: "--port=", args: ["--port=9000"], env: {}, expected: { port: 9000 } },
    { name: "PORT", args: [], env: { PORT: "9001" }, expected: { port: 9001 } },
    { name: "an empty PORT", args: [], env: { PORT: "" }, expected: {} },
    { name: "--port before PORT", args: ["--port", "9000"], env: { PORT: "9001" }, expected: { port: 9000 } },
    {
      name: "flags",
      args: ["--fresh", "--github", "--quiet"],
      env: {},
      expected: { fresh: true, github: true, quiet: true },
    },
    { name: "-h", args: ["-h"], env: {}, expected: { help: true } },
    { name: "a folder", args: [], env: { OCTOPOOL_STATE_DIR: "elsewhere" }, expected: { stateDir: "elsewhere" } },
  ])("takes $name", ({ args, env, expected }) => {
    expect(readStartOptions(args, env)).toEqual({ ...NOTHING, ...expected });
  });

  it.each([
    {
      name: "a port that is none",
      args: ["--port", "http"],
      env: {},
      says: '--port must be a number from 1 to 65535, not "http".',
    },
    {
      name: "a PORT that is none",
      args: [],
      env: { PORT: "0" },
      says: 'PORT must be a number from 1 to 65535, not "0".',
    },
    {
      name: "an unknown option",
      args: ["--demo"],
      env: {},
      says: "Unknown option '--demo'. npm start -- --help lists the options.",
    },
    { name: "a stray word", args: ["now"], env: {}, says: "Unexpected argument 'now'" },
  ])("refuses $name in one line", ({ args, env, says }) => {
    const read = () => readStartOptions(args, env);
    expect(read).toThrow(Problem);
    expect(read).toThrow(says);
    expect(read).not.toThrow(/\n/);
  });

  it("help names every option", () => {
    for (const option of ["--port", "--fresh", "--github", "--quiet", "--help"]) expect(HELP).toContain(`  ${option} `);
  });
});
