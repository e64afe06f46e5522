import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { logError, logLine, withoutSecrets } from "../../server/log.ts";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const method of ["log", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

const GITHUB = "0123456789abcdefghijABCDEFGHIJ456789";

describe("what looks like a credential is cut out", () => {
  it.each([
    ["a classic token", `ghp_${GITHUB}`],
    ["an installation's token", `ghs_${GITHUB}`],
    ["a fine-grained token", `github_pat_11ABCDEFG_${GITHUB}`],
    ["a caller token", "op_8sJ-2kd92kdkQ2kd92kdk_2kd92kdk"],
    ["a header's value", "Bearer abc.def-ghi_jkl~mno+pqr/stu="],
    ["a basic header's value", "basic dXNlcjpwYXNzd29yZA=="],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"],
  ])("%s", (_what, secret) => {
    const text = withoutSecrets(`before ${secret} after`);
    expect(text).toBe("before [secret] after");
  });

  it.each(["the token is missing", "op_ is a prefix", "a bearer of news", "ghp_short", "github_pat"])(
    "%s stays",
    (text) => {
      expect(withoutSecrets(text)).toBe(text);
    },
  );
});

it("writes one line of JSON, with its level and its request", () => {
  logLine("info", { message: "webhook", request_id: "r1", keys: 4, duplicate: false, since_change_ms: undefined });
  expect(lines).toEqual(['{"level":"info","message":"webhook","request_id":"r1","keys":4,"duplicate":false}']);
});

it("writes an error in full but for what looks like a credential, its cause by name only", () => {
  logError(new TypeError(`fetch failed for ghp_${GITHUB}`, { cause: new RangeError(`op_${GITHUB}`) }), "r2");
  const [line = ""] = lines;
  expect(JSON.parse(line)).toMatchObject({
    level: "error",
    request_id: "r2",
    name: "TypeError",
    error: "fetch failed for [secret]",
    cause: "RangeError",
  });
  expect(line).not.toContain(GITHUB);
});

it("takes what was thrown for what it is", () => {
  logError("plain text", "r3");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: "plain text", request_id: "r3" });
});
