import { describe, expect, it } from "vitest";
import {
  FLUSH_PKT,
  lsRefsRequest,
  MAX_PKT_BYTES,
  MAX_REFS,
  pkt,
  readLsRefs,
  readPkts,
} from "../../../server/github/pkt-line.ts";
import { bytes } from "../../support/builders.ts";
import { recorded } from "./recorded.ts";

const SHA = "622dc79a3ed8d31fb509b33b2f8debef203437f4";
const line = (name: string, more = "") => pkt(`${SHA} ${name}${more}\n`);

describe("the request", () => {
  it.each([
    ["refs/heads/main", "ls-refs.heads-main.req.bin"],
    ["refs/tags/", "ls-refs.tags.req.bin"],
    ["refs/pull/", "ls-refs.pull.req.bin"],
  ])("for %s is what git sends, byte for byte", (prefix, file) => {
    expect(lsRefsRequest(prefix)).toBe(new TextDecoder().decode(recorded(file)));
  });

  it("counts a name's bytes, not its characters", () => {
    expect(pkt("é")).toBe("0006é");
  });

  it("throws rather than send a packet that git would not take", () => {
    expect(pkt("x".repeat(MAX_PKT_BYTES - 4))).toHaveLength(MAX_PKT_BYTES);
    expect(() => pkt("x".repeat(MAX_PKT_BYTES - 3))).toThrow(RangeError);
  });
});

describe("an answer of ls-refs", () => {
  it.each([
    ["ls-refs.heads-main.res.bin", [{ name: "refs/heads/main", sha: SHA, peeled: undefined }]],
    [
      "ls-refs.pull.res.bin",
      [{ name: "refs/pull/7/head", sha: "51aae70117e10b438fb5aeadc197b48aa08ff313", peeled: undefined }],
    ],
    [
      "ls-refs.tags.res.bin",
      [
        { name: "refs/tags/light", sha: "e6a16974381f0b01dff90e1c3610e38930136470", peeled: undefined },
        {
          name: "refs/tags/v1.0.0",
          sha: "219f8c78085d24d0e9892e3d3d6a03644514b3dd",
          peeled: "e6a16974381f0b01dff90e1c3610e38930136470",
        },
      ],
    ],
  ])("as git recorded it in %s", (file, refs) => {
    expect(readLsRefs(recorded(file))).toEqual(refs);
  });

  it.each([
    ["no refs", FLUSH_PKT, []],
    [
      "attributes it does not know",
      line("HEAD", " symref-target:refs/heads/main") + FLUSH_PKT,
      [{ name: "HEAD", sha: SHA, peeled: undefined }],
    ],
    [
      "names that are not ASCII",
      line("refs/heads/ä") + FLUSH_PKT,
      [{ name: "refs/heads/ä", sha: SHA, peeled: undefined }],
    ],
  ])("with %s", (_what, text, refs) => {
    expect(readLsRefs(bytes(text))).toEqual(refs);
  });

  it.each([
    ["nothing at all", ""],
    ["no flush: it was cut between two packets", line("refs/heads/main")],
    ["something after the flush", FLUSH_PKT + line("refs/heads/main")],
    ["a packet that was cut", line("refs/heads/main").slice(0, -3)],
    ["a length that was cut", "00"],
    ["a length of no packet", "0003" + FLUSH_PKT],
    ["a length above git's", "fff1" + "x".repeat(0xfff1 - 4) + FLUSH_PKT],
    ["a length that is no number", "00zz" + FLUSH_PKT],
    ["a delimiter within", line("refs/heads/main") + "0001" + FLUSH_PKT],
    ["an error packet", pkt("ERR access denied\n") + FLUSH_PKT],
    ["a page of HTML", "<!DOCTYPE html><html></html>"],
    ["an unborn HEAD", pkt("unborn HEAD symref-target:refs/heads/main\n") + FLUSH_PKT],
    ["a short object id", pkt("622dc79 refs/heads/main\n") + FLUSH_PKT],
    ["an object id in capitals", pkt(`${SHA.toUpperCase()} refs/heads/main\n`) + FLUSH_PKT],
    ["a longer line than a ref makes", line(`refs/heads/${"x".repeat(1_000)}`) + FLUSH_PKT],
    ["more refs than are read", line("refs/heads/x").repeat(MAX_REFS + 1) + FLUSH_PKT],
  ])("with %s is none", (_what, text) => {
    expect(readLsRefs(bytes(text))).toBeUndefined();
  });

  it("with a name that is no UTF-8 is none", () => {
    const broken = bytes(line("refs/heads/xx") + FLUSH_PKT);
    broken[broken.length - 7] = 0xff;
    expect(readLsRefs(broken)).toBeUndefined();
  });

  it("may hold as many refs as are read", () => {
    expect(readLsRefs(bytes(line("refs/heads/x").repeat(MAX_REFS) + FLUSH_PKT))).toHaveLength(MAX_REFS);
  });
});

/** mulberry32: the same numbers in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("whatever the bytes", () => {
  const tags = recorded("ls-refs.tags.res.bin");

  it("cut anywhere, an answer is none", () => {
    for (let end = 0; end < tags.length; end++) expect(readLsRefs(tags.subarray(0, end))).toBeUndefined();
  });

  it("packets are never read past the end, and always whole", () => {
    const random = randomFrom(7);
    const ALPHABET = bytes("0123456789abcdefERR \n");
    for (let round = 0; round < 5_000; round++) {
      const noise = Uint8Array.from({ length: Math.floor(random() * 120) }, () =>
        random() < 0.8 ? (ALPHABET[Math.floor(random() * ALPHABET.length)] ?? 0) : Math.floor(random() * 256),
      );
      const pkts = readPkts(noise);
      if (pkts === undefined) continue;
      const total = pkts.reduce((sum, one) => sum + 4 + (one.kind === "data" ? one.bytes.length : 0), 0);
      expect(total).toBe(noise.length);
    }
  });

  it("one byte changed, an answer is none or holds names and object ids only", () => {
    const random = randomFrom(11);
    for (let round = 0; round < 5_000; round++) {
      const spoiled = tags.slice();
      spoiled[Math.floor(random() * spoiled.length)] = Math.floor(random() * 256);
      for (const ref of readLsRefs(spoiled) ?? []) {
        expect(ref.sha).toMatch(/^[0-9a-f]{40}$/);
        expect(ref.name).toMatch(/^\S+$/);
      }
    }
  });

  it("what was framed is read back", () => {
    const random = randomFrom(13);
    for (let round = 0; round < 500; round++) {
      const texts = Array.from({ length: Math.floor(random() * 6) }, () => "é".repeat(Math.floor(random() * 50) + 1));
      const read = readPkts(bytes(texts.map(pkt).join("") + FLUSH_PKT));
      const back = read?.flatMap((one) => (one.kind === "data" ? new TextDecoder().decode(one.bytes) : []));
      expect(back).toEqual(texts);
    }
  });
});
