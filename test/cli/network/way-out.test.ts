import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWayOut } from "../../../cli/network/way-out.ts";
import { startStandIn, type StandIn } from "../../github/server.ts";
import { makeCertificates, type Certificates } from "../gh/support/certificates.ts";
import { startTlsProxy, type TlsProxy } from "../gh/support/tls-proxy.ts";

const directory = mkdtempSync(join(tmpdir(), "octopool-way-out-"));
let certificates: Certificates;
let standIn: StandIn;
let proxy: TlsProxy;

beforeAll(async () => {
  certificates = await makeCertificates(directory, ["api.github.com"]);
  standIn = await startStandIn({ port: 0 });
  proxy = await startTlsProxy(standIn.url, certificates);
});
afterAll(async () => {
  await Promise.all([proxy.close(), standIn.close()]);
  rmSync(directory, { recursive: true, force: true });
});

/** The status, or the error's name or code. */
function ask(env: Record<string, string>, host = "api.github.com", connectMs = 10_000): Promise<number | string> {
  const agent = createWayOut({ env, secure: true, connectMs });
  return new Promise<number | string>((resolve) => {
    const asked = request({ agent, host, port: 443, path: "/meta", headers: { "user-agent": "x", host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    asked.end();
  }).finally(() => agent.destroy());
}

const trusting = () => ({ HTTPS_PROXY: proxy.url, SSL_CERT_FILE: certificates.authorityFile });

describe("createWayOut", () => {
  it("goes through the proxy, and believes the authority that SSL_CERT_FILE names", async () => {
    expect(await ask(trusting())).toBe(200);
    expect(proxy.tunnels.at(-1)).toBe("api.github.com:443");
  });

  it("reads authorities from the files of SSL_CERT_DIR, and adds NODE_EXTRA_CA_CERTS", async () => {
    const empty = join(directory, "empty.pem");
    writeFileSync(empty, "");
    expect(await ask({ HTTPS_PROXY: proxy.url, SSL_CERT_FILE: empty, SSL_CERT_DIR: directory })).toBe(200);
    expect(await ask({ HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: certificates.authorityFile })).toBe(200);
  });

  it("believes nobody else, and no certificate of another name", async () => {
    expect(await ask({ HTTPS_PROXY: proxy.url })).toMatch(/SIGNATURE|SELF_SIGNED|ISSUER/);
    expect(await ask(trusting(), "evil.example")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it.each([
    {
      name: "refuses",
      says: "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
      why: "the proxy refused the connection (407)",
    },
    { name: "speaks no HTTP", says: "hello\r\n\r\n", why: "the proxy refused the connection (no HTTP)" },
    { name: "never ends", says: "HTTP/1.1 200 ".padEnd(20_000, "x"), why: "the proxy's answer has no end" },
    { name: "hangs up", says: undefined, why: "the proxy closed the connection" },
  ])("says that the proxy $name", async ({ says, why }) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", () => (says === undefined ? socket.end() : socket.write(says)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await ask({ ...trusting(), HTTPS_PROXY: `http://127.0.0.1:${port}` })).toBe(why);
    server.close();
  });

  it("gives up where no connection comes about in time", async () => {
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    expect(await ask(env, "api.github.com", 30)).toMatch(/in time|closed/);
    server.close();
  });
});
