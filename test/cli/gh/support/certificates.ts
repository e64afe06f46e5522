/** An authority of the tests' own, and a certificate for the names GitHub goes by. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Certificates {
  /** A file for SSL_CERT_FILE. */
  readonly authorityFile: string;
  readonly key: Buffer;
  readonly certificate: Buffer;
}

export async function makeCertificates(directory: string, names: readonly string[]): Promise<Certificates> {
  const at = (name: string) => join(directory, name);
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run("openssl", [
    "req",
    "-x509",
    ...ec,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-days",
    "2",
    "-subj",
    "/CN=octopool tests",
  ]);
  await run("openssl", [
    "req",
    "-new",
    ...ec,
    "-keyout",
    at("key.pem"),
    "-out",
    at("leaf.csr"),
    "-subj",
    "/CN=github stand-in",
  ]);
  await writeFile(at("leaf.ext"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
  await run("openssl", [
    "x509",
    "-req",
    "-in",
    at("leaf.csr"),
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-out",
    at("leaf.pem"),
    "-days",
    "2",
    "-extfile",
    at("leaf.ext"),
  ]);
  const [key, certificate] = await Promise.all([readFile(at("key.pem")), readFile(at("leaf.pem"))]);
  return { authorityFile: at("ca.pem"), key, certificate };
}
