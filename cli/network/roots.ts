/** Whose certificates are believed: what Go believes on this machine, so that the way out is as trusted as gh's own. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../machine.ts";
import { isMissing } from "../replace-file.ts";

/** Where Go looks on Linux, the first that is there (crypto/x509/root_linux.go). */
const SYSTEM_FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * PEM texts, or undefined for the runtime's own list. SSL_CERT_FILE and SSL_CERT_DIR stand in for the system's;
 * NODE_EXTRA_CA_CERTS is added. A file that is not there is no failure: whoever it should have vouched for is refused.
 */
export function trustedRoots(env: Environment, platform: string): readonly string[] | undefined {
  const named = env["SSL_CERT_FILE"] ?? "";
  const directories = (env["SSL_CERT_DIR"] ?? "").split(":").filter((each) => each !== "");
  const files = named === "" ? (platform === "linux" ? SYSTEM_FILES : []) : [named];
  const found = files.map(readText).find((text) => text !== undefined);
  const roots = [...(found === undefined ? [] : [found]), ...directories.flatMap(readDirectory)];
  if (roots.length === 0 && named === "" && directories.length === 0) return undefined;
  const extra = env["NODE_EXTRA_CA_CERTS"] ?? "";
  return [...roots, ...(extra === "" ? [] : [readText(extra) ?? ""])].filter((text) => text !== "");
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error) || isUnreadable(error)) return undefined;
    throw error;
  }
}

function readDirectory(path: string): string[] {
  try {
    return readdirSync(path).flatMap((name) => readText(join(path, name)) ?? []);
  } catch (error) {
    if (isMissing(error) || isUnreadable(error)) return [];
    throw error;
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E(ACCES|PERM|ISDIR|LOOP)$/.test(String(error.code));
}
