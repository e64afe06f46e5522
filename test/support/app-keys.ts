/** Keys of an imaginary GitHub App, made anew in each run: none is in this repository. */
import { generateKeyPairSync } from "node:crypto";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** As GitHub's page hands it out (PKCS#1), and as most tools rewrite it (PKCS#8). */
export const APP_KEYS = {
  pkcs1: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  pkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
} as const;
export const APP_PUBLIC_KEY = publicKey.export({ type: "spki", format: "pem" }).toString();

/** Of another App, whose private key nobody has. */
export function anotherPublicKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();
}
