import { describe, expect, it } from "vitest";
import { base64Lines, blobSha, MAX_INLINE_BYTES, planRaw } from "../../../../server/github/transports/raw.ts";
import { bytes, textOf } from "../../../support/builders.ts";
import { aQuestion, ORIGINS } from "./questions.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const BODY = bytes("hello\n");
/** `printf 'hello\n' | git hash-object --stdin` */
const HELLO = "ce013625030ba8dba906f756967f9e9ca394464a";
const file = { sha: HELLO, size: 6, fullName: "Acme/Widget" };
const PATH = "/repos/Acme/Widget/contents/docs/a.md";
const AT = { query: { ref: COMMIT }, file };
const NONE = new Headers();

it("a blob's name is git's own", () => {
  expect(blobSha(BODY, HELLO)).toBe(HELLO);
  expect(blobSha(bytes(""), HELLO)).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  // `git hash-object` in a repository of SHA-256
  expect(blobSha(BODY, "0".repeat(64))).toBe("2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4");
});

it.each([
  [0, ""],
  [1, "eA==\n"],
  [45, `${"eHh4".repeat(15)}\n`],
  [46, `${"eHh4".repeat(15)}\neA==\n`],
])("base64 of %i bytes is broken after 60 characters, as GitHub does", (count, text) => {
  expect(base64Lines(bytes("x".repeat(count)))).toBe(text);
});

describe("where a file is asked for", () => {
  it.each([
    ["raw", PATH, `https://raw.githubusercontent.com/Acme/Widget/${COMMIT}/docs/a.md`],
    [
      "v3.raw",
      `${PATH.replace("a.md", "a%20b%23.md")}`,
      `https://raw.githubusercontent.com/Acme/Widget/${COMMIT}/docs/a%20b%23.md`,
    ],
    ["v3+json", PATH, `https://raw.githubusercontent.com/Acme/Widget/${COMMIT}/docs/a.md`],
  ])("as %s: %s", (accept, path, url) => {
    expect(planRaw(aQuestion(path, { ...AT, accept }), ORIGINS)?.url).toBe(url);
  });

  it.each([
    ["a branch", { query: { ref: "main" }, file }],
    ["no ref", { file }],
    ["a file that no tree shows", { query: { ref: COMMIT } }],
    ["a file of a repository that has another name now", { ...AT, file: { ...file, fullName: "Acme/Gadget" } }],
    ["JSON of another version of the API", { ...AT, apiVersion: "2027-01-01" }],
    ["rendered HTML", { ...AT, accept: "html" }],
    ["JSON over 1 MB", { ...AT, file: { ...file, size: MAX_INLINE_BYTES + 1 } }],
    [
      "a file over the relay's own bound",
      { ...AT, accept: "raw", file: { ...file, size: ORIGINS.maxResponseBytes + 1 } },
    ],
  ])("declines %s", (_what, part) => {
    expect(planRaw(aQuestion(PATH, part), ORIGINS)).toBeUndefined();
  });

  it("declines JSON of a path that GitHub's URLs might escape another way", () => {
    expect(planRaw(aQuestion(PATH.replace("a.md", "a b.md"), AT), ORIGINS)).toBeUndefined();
  });
});

describe("what a file says", () => {
  const plan = (accept: string) => planRaw(aQuestion(PATH, { ...AT, accept }), ORIGINS);

  it("as raw is its bytes, under the API's own media type", () => {
    expect(plan("raw")?.read(NONE, BODY)).toBe(BODY);
    expect(plan("raw")?.contentType).toBe("application/vnd.github.raw+json; charset=utf-8");
  });

  it("as JSON is what the API says, byte for byte", () => {
    const body = plan("v3+json")?.read(NONE, BODY);
    const url = `https://api.github.com/repos/Acme/Widget/contents/docs/a.md?ref=${COMMIT}`;
    const git = `https://api.github.com/repos/Acme/Widget/git/blobs/${HELLO}`;
    const html = `https://github.com/Acme/Widget/blob/${COMMIT}/docs/a.md`;
    expect(textOf(body ?? bytes(""))).toBe(
      `{"name":"a.md","path":"docs/a.md","sha":"${HELLO}","size":6,"url":"${url}","html_url":"${html}","git_url":"${git}",` +
        `"download_url":"https://raw.githubusercontent.com/Acme/Widget/${COMMIT}/docs/a.md","type":"file",` +
        `"content":"aGVsbG8K\\n","encoding":"base64","_links":{"self":"${url}","git":"${git}","html":"${html}"}}`,
    );
  });

  it.each([
    ["other bytes: of a symbolic link its target's name", bytes("docs/b.md")],
    ["bytes that were cut", bytes("hell")],
  ])("declines %s", (_what, body) => {
    expect(plan("raw")?.read(NONE, body)).toBeUndefined();
  });
});
