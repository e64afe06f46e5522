import { describe, expect, it } from "vitest";
import { askGitHub, readBounded, USER_AGENT } from "../../../server/github/client.ts";
import { bytes, NOW, textOf } from "../../support/builders.ts";

const ASK = {
  url: "https://api.github.com/meta",
  headers: { accept: "application/json" },
  deadlineAt: NOW + 60_000,
  maxBytes: 10,
};

function withFetch(answer: (request: Request) => Response | Promise<Response>, now = NOW) {
  const asked: Request[] = [];
  const fetch = async (request: Request) => {
    asked.push(request);
    return answer(request);
  };
  return { asked, deps: { now: () => now, platform: { fetch } } };
}

function streamOf(...chunks: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes(chunk));
      controller.close();
    },
  });
}

describe("askGitHub", () => {
  it("names itself, and follows no redirect by itself", async () => {
    const { asked, deps } = withFetch(() => new Response("{}"));
    await askGitHub(ASK, deps);
    expect(asked[0]?.redirect).toBe("manual");
    expect(asked[0]?.headers.get("user-agent")).toBe(USER_AGENT);
    expect(asked[0]?.headers.get("accept")).toBe("application/json");
  });

  it.each([200, 304, 404, 502])("gives %i as a value", async (status) => {
    const { deps } = withFetch(() => new Response(null, { status, headers: { etag: '"1"' } }));
    const reply = await askGitHub(ASK, deps);
    expect(reply).toMatchObject({ kind: "reply", status });
    expect(reply.kind === "reply" && reply.headers.get("etag")).toBe('"1"');
  });

  it("joins the pieces of a body", async () => {
    const reply = await askGitHub(ASK, withFetch(() => new Response(streamOf("ab", "", "cdé"))).deps);
    expect(reply.kind === "reply" && textOf(reply.body)).toBe("abcdé");
  });

  it("asks nothing once the deadline has passed", async () => {
    const { asked, deps } = withFetch(() => new Response("{}"), ASK.deadlineAt);
    expect(await askGitHub(ASK, deps)).toEqual({ kind: "unreachable", why: "timeout" });
    expect(asked).toEqual([]);
  });

  it("takes what fetch throws as unreachable", async () => {
    const { deps } = withFetch(() => Promise.reject(new TypeError("connection reset")));
    expect(await askGitHub(ASK, deps)).toEqual({ kind: "unreachable", why: "network" });
  });

  it("takes a body that breaks off as unreachable", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError("reset"));
      },
    });
    expect(await askGitHub(ASK, withFetch(() => new Response(broken)).deps)).toEqual({
      kind: "unreachable",
      why: "network",
    });
  });

  it("gives up at the deadline", async () => {
    const { deps } = withFetch(
      (request) =>
        new Promise<Response>((_resolve, reject) => {
          request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
        }),
    );
    expect(await askGitHub({ ...ASK, deadlineAt: NOW + 1 }, deps)).toEqual({ kind: "unreachable", why: "timeout" });
  });

  it("says where an answer is too large, with its headers", async () => {
    const { deps } = withFetch(() => new Response("x".repeat(11), { headers: { "x-ratelimit-remaining": "5" } }));
    const reply = await askGitHub(ASK, deps);
    expect(reply.kind === "too_large" && reply.headers.get("x-ratelimit-remaining")).toBe("5");
  });
});

describe("readBounded", () => {
  it.each([
    ["exactly as much", "x".repeat(10), 10],
    ["nothing", "", 0],
    ["two bytes for one letter", "éé", 4],
  ])("reads %s", async (_what, text, length) => {
    expect((await readBounded(new Response(text), 10))?.byteLength).toBe(length);
    expect((await readBounded(new Response(null), 10))?.byteLength).toBe(0);
  });

  it("stops in the middle of what is too large, and lets the rest go", async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes("123456")),
      cancel: () => void (cancelled = true),
    });
    expect(await readBounded(new Response(endless), 10)).toBeUndefined();
    expect(cancelled).toBe(true);
  });

  it("reads nothing of what is announced as too large", async () => {
    const response = new Response("short", { headers: { "content-length": "11" } });
    expect(await readBounded(response, 10)).toBeUndefined();
  });
});
