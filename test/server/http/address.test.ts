import { expect, it } from "vitest";
import { Addresses } from "../../../server/http/address.ts";

const relay = "https://octopool.example:8443/v1/github/request";

it("takes a URL apart", () => {
  expect(new Addresses().read(`${relay}?a=1#b`)).toEqual({
    href: `${relay}?a=1#b`,
    protocol: "https:",
    host: "octopool.example:8443",
    origin: "https://octopool.example:8443",
    pathname: "/v1/github/request",
    search: "?a=1",
    isLocal: false,
  });
});

it("tells this machine, whatever the port", () => {
  const addresses = new Addresses();
  expect(addresses.read("http://127.0.0.1:8787/").isLocal).toBe(true);
  expect(addresses.read("http://octopool.example:8787/").isLocal).toBe(false);
});

it("never answers one URL with the parts of another", () => {
  const addresses = new Addresses();
  const asked = [relay, relay, "https://other.example/", relay, `${relay}/`];
  expect(asked.map((url) => addresses.read(url).href)).toEqual(asked);
});

it("takes apart what is asked again only once", () => {
  const addresses = new Addresses();
  expect(addresses.read(relay)).toBe(addresses.read(relay));
});

it("keeps its last answer when it meets what is no URL", () => {
  const addresses = new Addresses();
  addresses.read(relay);
  expect(() => addresses.read("not a URL")).toThrow(TypeError);
  expect(addresses.read(relay).pathname).toBe("/v1/github/request");
});

it("keeps nothing that has a query, which may be secret", () => {
  const addresses = new Addresses();
  const callback = "https://octopool.example/login/github/callback?code=secret";
  expect(addresses.read(callback)).not.toBe(addresses.read(callback));
  expect(addresses.read(callback).search).toBe("?code=secret");
});
