/** The private key of a GitHub App, out of the secret it was stored as. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { BoundedMap } from "../bounded-map.ts";

/** Keys that serve at one time number a handful; this bounds what rotations leave behind. */
const KEYS = 50;

/** Reading one takes 0.2 ms, and every miss of a pool with an App asks whether its key can be read. In memory only. */
const read = new BoundedMap<string, { readonly key: KeyObject | undefined }>(KEYS);

/** As GitHub's page gives it (PKCS#1), or PKCS#8: node:crypto takes both. Undefined: it is no RSA private key. */
export function readAppKey(pem: string): KeyObject | undefined {
  const known = read.get(pem);
  if (known !== undefined) return known.key;
  const key = parse(pem);
  const made = { key: key?.asymmetricKeyType === "rsa" ? key : undefined };
  read.set(pem, made);
  return made.key;
}

/** Secrets pasted on one line often hold `\n` as two characters. */
function parse(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem.replaceAll("\\n", "\n"));
  } catch {
    // OpenSSL's many ways to say that this is no private key; their texts may quote the input.
    return undefined;
  }
}
