import { describe, expect, it } from "vitest";
import { readConfig } from "../../../server/config.ts";
import { equalSecrets, isLocalHost, whatWasAsked } from "../../../server/http/origin.ts";

const SECRET = "s3cret";

function asked(url: string, headers: Record<string, string> = {}, env: Record<string, string> = {}) {
  return whatWasAsked(new Request(url, { headers }), new URL(url), readConfig({ ALLOWED_GITHUB_ORG: "acme", ...env }));
}

const TWO_HOSTS = { APP_ORIGIN: "https://app.example", PUBLIC_HOST: "install.example", OCTOPOOL_PROXY_SECRET: SECRET };
const FORWARDED = { "x-octopool-forwarded-host": "install.example", "x-octopool-forwarded-for": "198.51.100.7" };

describe("one host", () => {
  it("is the origin that was asked, whatever headers claim", () => {
    const forged = {
      ...FORWARDED,
      "x-forwarded-proto": "http",
      "x-forwarded-for": "1.1.1.1",
      "cf-connecting-ip": "203.0.113.9",
    };
    expect(asked("https://relay.example/v1", forged)).toEqual({
      origin: "https://relay.example",
      host: "app",
      clientAddress: "203.0.113.9",
      secure: true,
    });
  });

  it("is APP_ORIGIN where that is set", () => {
    expect(asked("https://other.example/", {}, { APP_ORIGIN: "https://app.example" }).origin).toBe(
      "https://app.example",
    );
  });

  it("asked by plain http is not secure, and https in a header does not make it so", () => {
    expect(asked("http://relay.example/", { "x-forwarded-proto": "https" }).secure).toBe(false);
  });

  it("does not know an address that nobody it trusts names", () => {
    expect(asked("http://127.0.0.1:8787/", { "x-forwarded-for": "1.1.1.1" }).clientAddress).toBe("unknown");
  });
});

describe("two hosts", () => {
  it("believes the proxy that knows the secret: host and address", () => {
    const given = { ...FORWARDED, "x-octopool-proxy-secret": SECRET, "cf-connecting-ip": "203.0.113.9" };
    expect(asked("https://app.example/", given, TWO_HOSTS)).toEqual({
      origin: "https://install.example",
      host: "install",
      clientAddress: "198.51.100.7",
      secure: true,
    });
  });

  it.each([
    ["no secret", {}],
    ["a wrong secret", { "x-octopool-proxy-secret": "guess" }],
    ["an empty secret", { "x-octopool-proxy-secret": "" }],
    ["the secret with more behind it", { "x-octopool-proxy-secret": `${SECRET}x` }],
  ])("believes nothing with %s", (_what, secret: Record<string, string>) => {
    const given = { ...FORWARDED, ...secret, "cf-connecting-ip": "203.0.113.9" };
    expect(asked("https://app.example/", given, TWO_HOSTS)).toMatchObject({
      host: "app",
      clientAddress: "203.0.113.9",
      origin: "https://app.example",
    });
  });

  it("believes no secret where none is configured", () => {
    const { OCTOPOOL_PROXY_SECRET: _none, ...env } = TWO_HOSTS;
    for (const given of ["", "undefined", SECRET]) {
      expect(asked("https://app.example/", { ...FORWARDED, "x-octopool-proxy-secret": given }, env).host).toBe("app");
    }
  });

  it("answers the install host itself where it is routed there", () => {
    expect(asked("https://install.example/", {}, TWO_HOSTS)).toMatchObject({
      host: "install",
      origin: "https://install.example",
      secure: true,
    });
  });

  it("holds plain http on the install host for what it is", () => {
    expect(asked("http://install.example/", {}, TWO_HOSTS)).toMatchObject({ host: "install", secure: false });
  });

  it("takes any other host that the proxy names as the app's", () => {
    const given = { ...FORWARDED, "x-octopool-forwarded-host": "evil.example", "x-octopool-proxy-secret": SECRET };
    expect(asked("https://app.example/", given, TWO_HOSTS)).toMatchObject({
      host: "app",
      origin: "https://app.example",
    });
  });

  it("compares hosts whatever their case", () => {
    const given = { ...FORWARDED, "x-octopool-forwarded-host": "INSTALL.Example", "x-octopool-proxy-secret": SECRET };
    expect(asked("https://app.example/", given, TWO_HOSTS).host).toBe("install");
  });
});

describe("behind a TLS proxy of one's own", () => {
  const env = { TRUST_PROXY: "1", APP_ORIGIN: "https://app.example" };

  it.each([
    ["1.1.1.1, 2.2.2.2,  203.0.113.9", "203.0.113.9"],
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8::1", "2001:db8::1"],
    ["1.1.1.1, ", "unknown"],
  ])("takes the last of x-forwarded-for: %s", (given, clientAddress) => {
    const headers = { "x-forwarded-for": given, "cf-connecting-ip": "9.9.9.9" };
    expect(asked("http://127.0.0.1/", headers, env).clientAddress).toBe(clientAddress);
  });

  it("is refused on Cloudflare, where the last of x-forwarded-for is the client's own word", () => {
    const request = Object.assign(new Request("https://app.example/"), { cf: { colo: "AMS" } });
    const config = readConfig({ ALLOWED_GITHUB_ORG: "acme", ...env });
    const refused = expect.objectContaining({ code: "misconfigured", details: { name: "TRUST_PROXY" } }) as Error;
    expect(() => whatWasAsked(request, new URL(request.url), config)).toThrow(refused);
  });

  it("is taken on one machine, whose runner says so", () => {
    const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
    const request = Object.assign(new Request("http://127.0.0.1/", { headers }), { cf: { colo: "local" } });
    const config = readConfig({ ALLOWED_GITHUB_ORG: "acme", ...env });
    const { clientAddress, secure } = whatWasAsked(request, new URL(request.url), config);
    expect([clientAddress, secure]).toEqual(["203.0.113.9", true]);
  });

  it("does not take cf-connecting-ip, which the client wrote", () => {
    expect(asked("http://127.0.0.1/", { "cf-connecting-ip": "9.9.9.9" }, env).clientAddress).toBe("unknown");
  });

  it.each([
    ["https", true],
    ["http", false],
    ["", false],
  ])("x-forwarded-proto %s decides", (proto, secure) => {
    expect(asked("http://127.0.0.1/", { "x-forwarded-proto": proto }, env)).toMatchObject({
      secure,
      origin: "https://app.example",
    });
  });
});

it.each([
  ["a", "a", true],
  ["a", "b", false],
  ["a", "aa", false],
  ["", "", true],
])("equalSecrets(%j, %j) is %s", (one, other, equal) => {
  expect(equalSecrets(one, other)).toBe(equal);
});

it.each([
  ["localhost", true],
  ["app.localhost", true],
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["[::1]", true],
  ["localhost.example", false],
  ["127.0.0.1.example", false],
  ["10.0.0.1", false],
  ["notlocalhost", false],
])("%s is this machine: %s", (host, local) => {
  expect(isLocalHost(host)).toBe(local);
});
