import { createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { appJwt } from "../../../server/github/app-jwt.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (type: "pkcs1" | "pkcs8") => privateKey.export({ type, format: "pem" }).toString();
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });

const ask = (changes: { appId?: string | undefined; privateKeyPem?: string } = {}) =>
  appJwt({ appId: "4242", privateKeyPem: pem("pkcs1"), now: NOW, ...changes });

describe("appJwt", () => {
  it.each([
    { name: "PKCS#1, as GitHub's page gives it", privateKeyPem: pem("pkcs1") },
    { name: "PKCS#8", privateKeyPem: pem("pkcs8") },
    { name: "one line with its line ends written out", privateKeyPem: pem("pkcs1").replaceAll("\n", "\\n") },
  ])("signs with a key in $name", ({ privateKeyPem }) => {
    const made = ask({ privateKeyPem });
    if (made.kind !== "jwt") throw new Error(made.code);
    const [header = "", claims = "", signature = ""] = made.jwt.split(".");
    const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as unknown;
    expect(decode(header)).toEqual({ alg: "RS256", typ: "JWT" });
    expect(decode(claims)).toEqual({ iss: "4242", iat: NOW / 1000 - 60, exp: NOW / 1000 + 540 });
    const verifier = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verifier.verify(publicKey, signature, "base64url")).toBe(true);
    expect(made.expiresAt).toBe(NOW + 540_000);
  });

  it.each([
    { name: "no App id", changes: { appId: undefined }, code: "github_app_id_missing" },
    { name: "an empty App id", changes: { appId: "" }, code: "github_app_id_missing" },
    { name: "text that is no key", changes: { privateKeyPem: "ghp_not_a_key" }, code: "github_app_key_format" },
    {
      name: "a public key",
      changes: { privateKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString() },
      code: "github_app_key_format",
    },
    {
      name: "a key of another kind than RSA",
      changes: { privateKeyPem: elliptic.privateKey.export({ type: "pkcs8", format: "pem" }).toString() },
      code: "github_app_key_format",
    },
    { name: "half a key", changes: { privateKeyPem: pem("pkcs1").slice(0, 400) }, code: "github_app_key_format" },
  ])("is misconfigured with $name, and says so without the key", ({ changes, code }) => {
    expect(ask(changes)).toEqual({ kind: "misconfigured", code });
  });
});
