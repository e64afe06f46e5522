import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readAppKey } from "../../../server/github/app-key.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (type: "pkcs1" | "pkcs8") => rsa.privateKey.export({ type, format: "pem" }).toString();

describe("readAppKey", () => {
  it.each([
    { name: "PKCS#1", text: pem("pkcs1") },
    { name: "PKCS#8", text: pem("pkcs8") },
    { name: "Windows line ends", text: pem("pkcs1").replaceAll("\n", "\r\n") },
    { name: "line ends written out", text: pem("pkcs8").replaceAll("\n", "\\n") },
  ])("reads $name, the second time from memory", ({ text }) => {
    const key = readAppKey(text);
    expect(key?.equals(rsa.privateKey)).toBe(true);
    expect(readAppKey(text)).toBe(key);
  });

  it.each([
    { name: "no text", text: "" },
    { name: "a token", text: "ghp_0123456789" },
    { name: "a public key", text: rsa.publicKey.export({ type: "spki", format: "pem" }).toString() },
    { name: "half a key", text: pem("pkcs8").slice(0, 300) },
    {
      name: "a key of another kind",
      text: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    },
  ])("reads nothing out of $name, the second time neither", ({ text }) => {
    expect([readAppKey(text), readAppKey(text)]).toEqual([undefined, undefined]);
  });
});
