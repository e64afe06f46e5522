import { describe, expect, it } from "vitest";
import { Failure, NoResults, NotLoggedIn, toExitCode, UsageProblem } from "../../cli/exit.ts";
import { createIo } from "../../cli/io.ts";

async function end(error?: unknown): Promise<{ code: number; stderr: string }> {
  let stderr = "";
  const stream = { write: (content: string | Uint8Array) => void (stderr += String(content)) };
  const io = createIo({ env: {}, stdout: stream, stderr: stream });
  const code = await toExitCode(() => (error === undefined ? Promise.resolve() : Promise.reject(error)), io);
  return { code, stderr };
}

describe("toExitCode", () => {
  it.each([
    { name: "done", error: undefined, code: 0, stderr: "" },
    { name: "nothing to show", error: new NoResults("No requests."), code: 0, stderr: "octopool: No requests.\n" },
    { name: "a failure", error: new Failure("It failed."), code: 1, stderr: "octopool: It failed.\n" },
    {
      name: "a failure with advice and a request id",
      error: new Failure("It failed.", { next: "try again", requestId: "req_1" }),
      code: 1,
      stderr: "octopool: It failed.\noctopool: next: try again\noctopool: request id: req_1\n",
    },
    {
      name: "wrong usage",
      error: new UsageProblem("What?", "octopool help"),
      code: 2,
      stderr: "octopool: What?\noctopool: next: octopool help\n",
    },
    { name: "no login", error: new NotLoggedIn("Who?"), code: 4, stderr: "octopool: Who?\n" },
  ])("maps $name to its code", async ({ error, code, stderr }) => {
    expect(await end(error)).toEqual({ code, stderr });
  });

  it("shows an unexpected error as one line without a stack", async () => {
    const { code, stderr } = await end(new TypeError("x is not a function"));
    expect(code).toBe(1);
    expect(stderr).toContain("octopool: Something unexpected went wrong (TypeError: x is not a function).\n");
    expect(stderr).not.toMatch(/\bat .*:\d+/);
  });

  it("keeps control characters of a server's message from the terminal", async () => {
    expect((await end(new Failure("a\u001B]0;title\u0007b\nc"))).stderr).toBe("octopool: a ]0;title b c\n");
  });
});
