import { describe, expect, it } from "vitest";
import { hashToken, isOurToken, newCallerToken } from "../../../server/relay/caller-token.ts";

const keys = { orgToken: "ghp_of-the-organization" };
const made = newCallerToken(keys);
/** One of the last bits, so that decoding alone does not tell. */
const other = (text: string, at: number) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

describe("a caller token", () => {
  it("is new each time, and known as this server's", () => {
    expect(made).toMatch(/^op_[\w-]{59}$/);
    expect(newCallerToken(keys)).not.toBe(made);
    expect(isOurToken(made, keys)).toBe(true);
  });

  it.each([
    { name: "another secret", token: other(made, 10) },
    { name: "another mark", token: other(made, 50) },
    { name: "no mark", token: made.slice(0, 46) },
    { name: "half a mark", token: made.slice(0, 54) },
    { name: "more than a mark", token: `${made}A` },
    { name: "the mark of another organization's token", token: newCallerToken({ orgToken: "ghp_another" }) },
    { name: "nothing of it", token: "op_guess-number-1" },
    { name: "no text", token: "" },
  ])("is not known with $name", ({ token }) => {
    expect(isOurToken(token, keys)).toBe(false);
  });

  it("has no mark without the organization's token, and none is known then", () => {
    const unmarked = newCallerToken({ orgToken: undefined });
    expect(unmarked).toMatch(/^op_[\w-]{43}$/);
    expect([isOurToken(unmarked, keys), isOurToken(made, { orgToken: undefined })]).toEqual([false, false]);
  });

  it("is stored as a hash that does not hold it", () => {
    expect(hashToken(made)).toMatch(/^[\w-]{43}$/);
    expect(hashToken(made)).not.toContain(made.slice(3, 20));
  });
});
