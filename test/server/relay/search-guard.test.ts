import { describe, expect, it } from "vitest";
import { guardSearch } from "../../../server/relay/search-guard.ts";

const ACME = { kind: "repository", owner: "acme", repo: "widget" };

describe("a search within one repository", () => {
  it.each([
    "repo:acme/widget",
    "REPO:Acme/Widget crash",
    "crash on start repo:acme/widget is:open type:pr",
    "state:closed is:merged repo:acme/widget v1.2 #12 a-b c++ naïve 日本語",
    "  repo:acme/widget   two  spaces ",
  ])("is allowed: %s", (text) => {
    expect(guardSearch(text, true)).toEqual(ACME);
  });

  it.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["only spaces", "   "],
    ["no repository", "crash"],
    ["two repositories", "repo:acme/widget repo:other/secret"],
    ["the same repository twice", "repo:acme/widget repo:acme/widget"],
    ["two joined by OR", "repo:acme/widget OR repo:other/secret"],
    ["a plain term joined by OR", "repo:acme/widget crash OR secret"],
    ["the operator in small letters", "repo:acme/widget crash or secret"],
    ["AND", "repo:acme/widget AND crash"],
    ["NOT", "NOT repo:acme/widget"],
    ["the repository excluded", "-repo:acme/widget"],
    ["an excluded term", "repo:acme/widget -crash"],
    ["a user besides", "repo:acme/widget user:other"],
    ["an organization besides", "repo:acme/widget org:other"],
    ["a user by his @", "repo:acme/widget @other"],
    ["an owner besides", "repo:acme/widget owner:other"],
    ["a quoted repository", '"repo:acme/widget"'],
    ["a quoted value", 'repo:"acme/widget"'],
    ["a quoted term", 'repo:acme/widget "crash"'],
    ["brackets", "(repo:acme/widget crash)"],
    ["is:private", "repo:acme/widget is:private"],
    ["is:public", "repo:acme/widget is:public"],
    ["a qualifier without a value", "repo:acme/widget is:"],
    ["no name", "repo:acme/"],
    ["a third part", "repo:acme/widget/more"],
    ["a name of dots", "repo:acme/.."],
    ["an owner of dots", "repo:../user"],
    ["a wildcard", "repo:acme/* crash"],
    ["a full-width colon", "repo：acme/widget"],
    ["full-width letters", "ｒｅｐｏ:acme/widget"],
    ["a second qualifier with a full-width colon", "repo:acme/widget repo：other/secret"],
    ["a parenthesis that is a number to Unicode", "repo:acme/widget ⑴"],
    ["a long s", "repo:acme/widget iſ:open"],
    ["a no-break space after it", "repo:acme/widget\u00A0crash"],
    ["a line break after it", "repo:acme/widget\ncrash"],
    ["a tab", "repo:acme/widget\tcrash"],
    ["a zero-width space in a term", "repo:acme/widget cr\u200Bash"],
    ["a comparison", "repo:acme/widget comments:>1"],
    ["text in a qualifier of its own", "repo:acme/widget in:title"],
  ])("is denied: %s", (_what, text) => {
    expect(guardSearch(text, true)).toEqual({ kind: "denied" });
  });
});

describe("a search of anything else", () => {
  it.each(["octopool", "relay cache v2", "日本語"])("takes plain words: %s", (text) => {
    expect(guardSearch(text, false)).toEqual({ kind: "plain" });
  });

  it.each(["repo:acme/widget", "is:open", "user:ada", "org:acme relay", "a OR b", "-fork", '"a b"', "", "stars:>1"])(
    "takes no qualifier: %s",
    (text) => {
      expect(guardSearch(text, false)).toEqual({ kind: "denied" });
    },
  );
});
