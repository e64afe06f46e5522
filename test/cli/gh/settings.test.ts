import { describe, expect, it } from "vitest";
import { expandAlias } from "../../../cli/gh/aliases.ts";
import { withSocket } from "../../../cli/gh/child-config.ts";
import { topLevelValue } from "../../../cli/gh/user-config.ts";
import { isLongPoll, mustStayUntouched } from "../../../cli/gh/words.ts";

describe("gh's config.yml with our socket", () => {
  it.each([
    { name: "no file", text: undefined, after: 'version: "1"\nhttp_unix_socket: "/s"\n' },
    { name: "an empty file", text: "", after: 'http_unix_socket: "/s"\n' },
    { name: "a file without a last line end", text: "editor: vim", after: 'editor: vim\nhttp_unix_socket: "/s"\n' },
    {
      name: "a socket of the user's",
      text: "http_unix_socket: /own\neditor: vim\n",
      after: 'editor: vim\nhttp_unix_socket: "/s"\n',
    },
    { name: "comments first", text: "# mine\neditor: vim\n", after: '# mine\neditor: vim\nhttp_unix_socket: "/s"\n' },
    { name: "braces", text: "{editor: vim}\n", after: undefined },
  ])("from $name", ({ text, after }) => {
    expect(withSocket(text, "/s")).toBe(after);
  });

  it.each([
    { text: "http_unix_socket: /a # mine\n", value: "/a" },
    { text: 'http_unix_socket: "/a b"\n', value: "/a b" },
    { text: "http_unix_socket:\n", value: undefined },
    { text: "hosts:\n    http_unix_socket: /inner\n", value: undefined },
  ])("reads $text", ({ text, value }) => {
    expect(topLevelValue(text, "http_unix_socket")).toBe(value);
  });
});

describe("gh's words", () => {
  it.each([
    { words: "auth status", untouched: true },
    { words: "ext list", untouched: true },
    { words: "--version", untouched: true },
    { words: "", untouched: true },
    { words: "api -i user", untouched: true },
    { words: "api -XGET user --include", untouched: true },
    { words: "api -iXGET user", untouched: true },
    { words: "api --verbose user", untouched: true },
    { words: "api -qi user", untouched: false },
    { words: "api user -H a:i", untouched: false },
    { words: "run view -i", untouched: false },
  ])("$words run gh untouched: $untouched", ({ words, untouched }) => {
    expect(mustStayUntouched(words.split(" ").filter((word) => word !== ""))).toBe(untouched);
  });

  it.each([
    { words: "run watch 1", long: true },
    { words: "pr checks 1 --watch", long: true },
    { words: "run -R o/r watch 1", long: true },
    { words: "pr --repo o/r checks 1 --watch", long: true },
    { words: "pr -R=o/r checks --watch", long: true },
    { words: "run list --workflow watch", long: false },
    { words: "pr checks 1", long: false },
    { words: "run view 1", long: false },
  ])("$words wait for something: $long", ({ words, long }) => {
    expect(isLongPoll(words.split(" "))).toBe(long);
  });

  it.each([
    { words: ["shown", "user"], after: ["api", "-i", "user"] },
    { words: ["quoted"], after: ["api", "-H", "a: b"] },
    { words: ["shell", "x"], after: ["shell", "x"] },
    { words: ["api"], after: ["api"] },
  ])("an alias is known for what it runs: $words", ({ words, after }) => {
    const aliases = new Map([
      ["shown", "api -i"],
      ["quoted", "api -H 'a: b'"],
      ["shell", "!echo"],
    ]);
    expect(expandAlias(words, aliases)).toEqual(after);
  });
});
