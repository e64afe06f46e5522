import { describe, expect, it } from "vitest";
import { FLUSH_PKT, pkt } from "../../../../server/github/pkt-line.ts";
import { planGit } from "../../../../server/github/transports/git.ts";
import { bytes, textOf } from "../../../support/builders.ts";
import { recorded } from "../recorded.ts";
import { aQuestion, ORIGINS } from "./questions.ts";

const OLD = "aa218f56b14c9653891f9e74264a383fa43fefbd";
const NEW = "622dc79a3ed8d31fb509b33b2f8debef203437f4";
const RESULT = new Headers({ "content-type": "application/x-git-upload-pack-result" });
const API = "https://api.github.com/repos/Acme/Widget/git";

const ref = (name: string, sha = OLD, type = "commit") => ({
  ref: name,
  node_id: `node of ${name}`,
  url: `${API}/${name}`,
  object: { type, sha, url: `${API}/${type}s/${sha}` },
});
const stored = (json: unknown, status = 200) => ({ status, encoding: "json", body: bytes(JSON.stringify(json)) });
const ONE = "/repos/Acme/Widget/git/ref";
const MATCHING = "/repos/Acme/Widget/git/matching-refs";
const plan = (path: string, json: unknown) => planGit(aQuestion(path, { stored: stored(json) }), ORIGINS);
const lines = (...refs: readonly string[]) => bytes(refs.map((each) => pkt(`${each}\n`)).join("") + FLUSH_PKT);
const readText = (path: string, json: unknown, body: Uint8Array): unknown => {
  const read = plan(path, json)?.read(RESULT, body);
  return read === undefined ? undefined : JSON.parse(textOf(read));
};

it("asks git for the one ref, as git itself would", () => {
  const asked = plan(`${ONE}/heads/main`, ref("refs/heads/main"));
  expect(asked?.url).toBe("https://github.com/Acme/Widget.git/git-upload-pack");
  expect(asked?.headers["git-protocol"]).toBe("version=2");
  expect(asked?.body).toBe(textOf(recorded("ls-refs.heads-main.req.bin")));
});

describe("a ref", () => {
  it("is what the API said, with the object it names now, in the API's order and bytes", () => {
    const known = ref("refs/heads/main");
    const body = plan(`${ONE}/heads/main`, known)?.read(RESULT, recorded("ls-refs.heads-main.res.bin"));
    expect(textOf(body ?? bytes(""))).toBe(JSON.stringify(known).replaceAll(OLD, NEW));
  });

  it("of a pull is one too", () => {
    const head = "51aae70117e10b438fb5aeadc197b48aa08ff313";
    expect(readText(`${ONE}/pull/7/head`, ref("refs/pull/7/head"), recorded("ls-refs.pull.res.bin"))).toEqual(
      ref("refs/pull/7/head", head),
    );
  });

  it("that is an annotated tag stays one", () => {
    const now = "219f8c78085d24d0e9892e3d3d6a03644514b3dd";
    expect(
      readText(`${ONE}/tags/v1.0.0`, ref("refs/tags/v1.0.0", OLD, "tag"), recorded("ls-refs.tags.res.bin")),
    ).toEqual(ref("refs/tags/v1.0.0", now, "tag"));
  });

  it("that did not move is known whatever it names", () => {
    const tree = ref("refs/tags/light", OLD, "tree");
    expect(readText(`${ONE}/tags/light`, tree, lines(`${OLD} refs/tags/light`))).toEqual(tree);
  });

  it.each([
    ["nothing is stored", `${ONE}/heads/main`, undefined],
    ["a 404 is stored", `${ONE}/heads/main`, stored({ message: "Not Found" }, 404)],
    ["no node id is stored", `${ONE}/heads/main`, stored({ ...ref("refs/heads/main"), node_id: undefined })],
    ["an object id of another hash is stored", `${ONE}/heads/main`, stored(ref("refs/heads/main", "a".repeat(64)))],
  ])("declines where %s, and asks nothing", (_what, path, known) => {
    expect(planGit(aQuestion(path, { stored: known }), ORIGINS)).toBeUndefined();
  });

  it.each([
    ["it is gone", ref("refs/heads/main"), lines(`${NEW} refs/heads/main-2`)],
    ["a tag moved, and git does not say to what", ref("refs/heads/main", OLD, "tree"), lines(`${NEW} refs/heads/main`)],
    [
      "the URL is not one of the object",
      { ...ref("refs/heads/main"), object: { type: "commit", sha: OLD, url: API } },
      lines(`${NEW} refs/heads/main`),
    ],
    ["git answers with an error", ref("refs/heads/main"), lines("ERR nothing here")],
  ])("declines where %s", (_what, known, body) => {
    expect(readText(`${ONE}/heads/main`, known, body)).toBeUndefined();
  });

  it("declines an answer of another type", () => {
    const asked = plan(`${ONE}/heads/main`, ref("refs/heads/main"));
    expect(asked?.read(new Headers({ "content-type": "text/html" }), lines(`${NEW} refs/heads/main`))).toBeUndefined();
  });
});

describe("matching refs", () => {
  const known = [ref("refs/heads/feature-a"), ref("refs/heads/feature-b")];
  const at = (sha: string, ...names: readonly string[]) => lines(...names.map((name) => `${sha} ${name}`));

  it("are what the API said, moved, without those that are gone", () => {
    expect(readText(`${MATCHING}/heads/feature`, known, at(NEW, "refs/heads/feature-b"))).toEqual([
      ref("refs/heads/feature-b", NEW),
    ]);
    expect(readText(`${MATCHING}/heads/feature`, known, at(NEW))).toEqual([]);
  });

  it("leave out what git sends beyond the prefix", () => {
    const body = at(NEW, "refs/heads/feature-a", "refs/heads/feature-b", "refs/heads/main");
    expect(readText(`${MATCHING}/heads/feature`, known, body)).toEqual([
      ref("refs/heads/feature-a", NEW),
      ref("refs/heads/feature-b", NEW),
    ]);
  });

  it.each([
    ["a ref is new", at(NEW, "refs/heads/feature-a", "refs/heads/feature-b", "refs/heads/feature-c")],
    ["the order is another", at(NEW, "refs/heads/feature-b", "refs/heads/feature-a")],
  ])("decline where %s", (_what, body) => {
    expect(readText(`${MATCHING}/heads/feature`, known, body)).toBeUndefined();
  });
});
