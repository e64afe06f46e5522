import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createRelayReader, type RelayAnswer } from "../../../cli/gh/relay-reader.ts";
import { createWayOut, type WayOut } from "../../../cli/network/way-out.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
const wayOuts: WayOut[] = [];
afterEach(() => {
  for (const wayOut of wayOuts.splice(0)) wayOut.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Answers the n-th question on a connection with the n-th text, then is silent. Undefined hangs up. */
async function ask(...texts: readonly (string | undefined)[]): Promise<RelayAnswer> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    let count = 0;
    socket.on("data", () => {
      const text = texts[count++];
      if (count > texts.length) return;
      if (text === undefined) socket.destroy();
      else socket.write(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caller = { url, pool: "p", token: "op_x", tokenFrom: "OCTOPOOL_TOKEN" as const, saved: undefined };
  const wayOut = createWayOut({ env: {}, secure: false, connectMs: 10_000 });
  const read = createRelayReader({ caller, wayOut, answerMs: 300, now: () => 0 });
  wayOuts.push(wayOut);
  return read({ path: "/meta", query: {}, headers: {} }, new AbortController().signal);
}

const raw = (length: number, body: string) =>
  `HTTP/1.1 200 OK\r\nx-octopool-answer: github\r\ncontent-length: ${length}\r\n\r\n${body}`;

describe("createRelayReader", () => {
  it("gives GitHub's status, headers and bytes, and none of the relay's own headers", async () => {
    const own = "x-octopool-answer: github\r\nx-octopool-cache: hit\r\ncache-control: no-store\r\ncache-status: x\r\n";
    const answer = await ask(`HTTP/1.1 404 Not Found\r\n${own}link: <a>\r\netag: "e"\r\ncontent-length: 2\r\n\r\n{}`);
    expect(answer).toMatchObject({ kind: "github", status: 404, body: Buffer.from("{}"), facts: { cache: "hit" } });
    expect(answer).toHaveProperty("headers", { link: "<a>", etag: '"e"' });
  });

  it.each([
    { name: "no answer", text: "", why: "did not answer within 0.3 s" },
    { name: "half an answer", text: raw(10, "half"), why: "did not answer within 0.3 s" },
    { name: "no HTTP", text: "SSH-2.0\r\n", why: "answered with something that is not HTTP" },
    {
      name: "a page",
      text: "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
      why: "answered with something that is none of an Octopool's answers",
    },
    { name: "a closed connection", text: undefined, why: "could not be reached (ECONNRESET)" },
  ])("is broken by $name", async ({ text, why }) => {
    expect(await ask(text)).toEqual({ kind: "broken", why });
  });

  it("streams what is large, and breaks off where it does", async () => {
    const large = "x".repeat(9 * 1024 * 1024);
    const whole = await ask(raw(large.length, large));
    let bytes = 0;
    for await (const chunk of whole.kind === "github" ? whole.body : [])
      bytes += typeof chunk === "number" ? 1 : chunk.length;
    expect(bytes).toBe(large.length);
    const cut = await ask(raw(large.length + 1, large));
    const reading = (async () => {
      for await (const _ of cut.kind === "github" ? cut.body : []) continue;
    })();
    await expect(reading).rejects.toThrow("the answer stopped");
  });

  it("takes no large answer from anybody but a relay in raw mode", async () => {
    const large = "x".repeat(9 * 1024 * 1024);
    expect(await ask(`HTTP/1.1 200 OK\r\ncontent-length: ${large.length}\r\n\r\n${large}`)).toMatchObject({
      kind: "broken",
    });
  });
});
