import { describe, expect, it } from "vitest";
import { chooseProxy } from "../../../cli/network/proxy.ts";

const GITHUB = { host: "api.github.com", port: 443, secure: true };

describe("chooseProxy", () => {
  it.each([
    { env: {}, kind: "none" },
    { env: { HTTPS_PROXY: "" }, kind: "none" },
    { env: { HTTP_PROXY: "http://p:1" }, kind: "none" },
    { env: { HTTPS_PROXY: "http://p:1" }, kind: "proxy" },
    { env: { https_proxy: "p:1" }, kind: "proxy" },
    { env: { HTTPS_PROXY: "socks5://p:1" }, kind: "unknown" },
    { env: { HTTPS_PROXY: "http://" }, kind: "unknown" },
  ])("is $kind for $env", ({ env, kind }) => {
    expect(chooseProxy(env, GITHUB).kind).toBe(kind);
  });

  it.each([
    {
      to: "https, with a name and a password",
      text: "https://a:b%20c@p",
      proxy: { host: "p", port: 443, secure: true, authorization: "Basic YTpiIGM=" },
    },
    {
      to: "an address",
      text: "http://[::1]:8080",
      proxy: { host: "::1", port: 8080, secure: false, authorization: undefined },
    },
  ])("reads $to", ({ text, proxy }) => {
    expect(chooseProxy({ HTTPS_PROXY: text }, GITHUB)).toEqual({ kind: "proxy", proxy });
  });

  it.each([
    { entry: "*", host: "api.github.com", exempt: true },
    { entry: "github.com", host: "api.github.com", exempt: true },
    { entry: ".github.com", host: "api.github.com", exempt: true },
    { entry: "*.github.com", host: "api.github.com", exempt: true },
    { entry: ".github.com", host: "github.com", exempt: false },
    { entry: "hub.com", host: "api.github.com", exempt: false },
    { entry: "a, API.github.com:443", host: "api.github.com", exempt: true },
    { entry: "api.github.com:8443", host: "api.github.com", exempt: false },
    { entry: "10.0.0.0/8", host: "10.1.2.3", exempt: true },
    { entry: "10.0.0.0/8", host: "11.1.2.3", exempt: false },
    { entry: "fd00::/8", host: "fd00::1", exempt: true },
    { entry: "::2", host: "::2", exempt: true },
    { entry: "10.0.0.0/99", host: "10.1.2.3", exempt: false },
    { entry: "", host: "localhost", exempt: true },
    { entry: "", host: "127.9.9.9", exempt: true },
  ])("with NO_PROXY=$entry $host is exempt: $exempt", ({ entry, host, exempt }) => {
    const choice = chooseProxy({ HTTPS_PROXY: "http://p:1", NO_PROXY: entry }, { ...GITHUB, host });
    expect(choice.kind).toBe(exempt ? "none" : "proxy");
  });
});
