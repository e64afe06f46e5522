import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createTransport, Unreachable } from "../../cli/http.ts";
import { startFakeRelay, type FakeRelay } from "./support/fake-relay.ts";

const relays: FakeRelay[] = [];
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function aRelay(): Promise<FakeRelay> {
  const relay = await startFakeRelay();
  relays.push(relay);
  return relay;
}

/** Accepts connections and, after `says`, is silent. Sockets end with their client. */
async function aSilentServer(says = ""): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.resume(); // unread bytes would hide the client's end
    if (says !== "") socket.once("data", () => socket.write(says));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string, maxBytes = 1000) => ({ url: new URL(url), method: "GET", headers: {}, maxBytes }) as const;

describe("createTransport", () => {
  it("gives status, headers and bytes, and follows no redirect", async () => {
    const relay = await aRelay();
    relay.on("GET /a", { status: 302, headers: { location: "/b", link: "<x>" }, body: "moved" });
    const answer = await createTransport({})(ask(`${relay.url}/a`));
    expect(answer).toMatchObject({ status: 302, headers: { location: "/b", link: "<x>" }, body: Buffer.from("moved") });
    expect(relay.heard.map(({ path }) => path)).toEqual(["/a"]);
  });

  it("sends a body with its length in bytes", async () => {
    const relay = await aRelay();
    relay.on("POST /a", {});
    await createTransport({})({ ...ask(`${relay.url}/a`), method: "POST", body: '{"name":"Ångström"}' });
    expect(relay.heard[0]).toMatchObject({ body: { name: "Ångström" }, headers: { "content-length": "21" } });
  });

  it("does not use a proxy towards this machine", async () => {
    const relay = await aRelay();
    relay.on("GET /a", { body: "here" });
    const env = { HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" };
    expect((await createTransport(env)(ask(`${relay.url}/a`))).body.toString()).toBe("here");
  });

  it("gives up on an answer larger than asked for", async () => {
    const relay = await aRelay();
    relay.on("GET /a", { body: "x".repeat(1001) });
    await expect(createTransport({})(ask(`${relay.url}/a`))).rejects.toThrow(
      new Unreachable("answered with more than 1000 bytes"),
    );
  });

  it("gives up where no connection comes about in time", async () => {
    const host = await aSilentServer();
    const transport = createTransport({}, { connectMs: 30, answerMs: 60_000 });
    await expect(transport(ask(`https://${host}/`))).rejects.toThrow(
      new Unreachable("could not be connected to within 0.03 s"),
    );
  });

  it.each([
    { name: "no answer", says: "" },
    { name: "half an answer", says: "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf" },
  ])("gives up on $name in time", async ({ says }) => {
    const host = await aSilentServer(says);
    const transport = createTransport({}, { connectMs: 60_000, answerMs: 60 });
    await expect(transport(ask(`http://${host}/`))).rejects.toThrow(new Unreachable("did not answer within 0.06 s"));
  });

  it("names why nobody could be reached", async () => {
    const relay = await startFakeRelay();
    await relay.close();
    await expect(createTransport({})(ask(relay.url))).rejects.toThrow(
      new Unreachable("could not be reached (ECONNREFUSED)"),
    );
  });
});
