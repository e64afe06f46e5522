/** Plain gh and ours beside each other, before the same stand-in: each with a way to it that gh itself knows. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { ensureBuilt } from "../../../../scripts/build-worker.ts";
import { seedLocal } from "../../../../scripts/local-seed.ts";
import { startLocalWorker, type LocalWorker } from "../../../../scripts/local-worker.ts";
import { standInWorld } from "../../../../scripts/local-world.ts";
import { cliBundle } from "../../../../scripts/release/bundle.ts";
import { startStandIn, type StandIn } from "../../../github/server.ts";
import { makeCertificates } from "./certificates.ts";
import { BLOB_HOST, startGateway } from "./gateway.ts";
import { runGh, type GhOutcome } from "./run-gh.ts";
import { startTlsProxy, type TlsProxy } from "./tls-proxy.ts";

const ADMIN_TOKEN = "gh-test-admin-token-0123456789";
/** As `gh auth login` makes it. */
export const USER_TOKEN = "ghp_usersown0123456789012345678901234567";
const USER = "carol";

export interface Playground {
  readonly directory: string;
  readonly standIn: StandIn;
  readonly proxy: TlsProxy;
  readonly relayUrl: string;
  readonly callerToken: string;
  /** The command that starts our command line. */
  readonly octopool: string;
  plainEnvironment(): Record<string, string>;
  /** Each call gets a settings directory of its own, so that no run knows of another. */
  ownEnvironment(relayUrl: string): Promise<Record<string, string>>;
  plain(line: string, terminal?: boolean): Promise<GhOutcome>;
  ours(line: string, options?: OurOptions): Promise<GhOutcome>;
  close(): Promise<void>;
}

export interface OurOptions {
  readonly terminal?: boolean;
  readonly relayUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real gh, or undefined where this machine has none. */
export function installedGh(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, "gh"))
    .find((path) => existsSync(path));
}

export async function openPlayground(): Promise<Playground> {
  const directory = await mkdtemp(join(tmpdir(), "octopool-gh-"));
  const at = (name: string) => join(directory, name);
  const standIn = await startStandIn({ port: 0 });
  await standIn.client.addToken({ token: USER_TOKEN, login: USER, scopes: ["repo", "read:org", "gist"] });
  const certificates = await makeCertificates(directory, [
    "api.github.com",
    "uploads.github.com",
    "github.com",
    BLOB_HOST,
  ]);
  const [plainGate, relayGate, proxy] = await Promise.all([
    startGateway(standIn.url, at("plain.sock")),
    startGateway(standIn.url, 0),
    startTlsProxy(standIn.url, certificates),
    build(await cliBundle(directory)),
    ensureBuilt(),
  ]);
  const { worker, callerToken } = await startRelay(relayGate.url, at("state"));
  await mkdir(at("plain"));
  await mkdir(at("ours"));
  await writeFile(at("plain/config.yml"), `git_protocol: https\nhttp_unix_socket: ${at("plain.sock")}\n`);
  await writeFile(at("ours/config.yml"), "git_protocol: https\n");
  const common = {
    PATH: process.env["PATH"] ?? "",
    HOME: directory,
    TERM: "screen-256color", // gh asks others for their background, and waits for an answer
    LANG: "C.UTF-8",
    GH_TOKEN: USER_TOKEN,
    GH_PAGER: "cat",
    GH_REPO: "octocat/hello-world",
  };
  const plainEnvironment = () => ({ ...common, GH_CONFIG_DIR: at("plain") });
  const ownEnvironment = async (relayUrl: string) => ({
    ...common,
    GH_CONFIG_DIR: at("ours"),
    OCTOPOOL_CONFIG_DIR: await mkdtemp(at("settings-")),
    OCTOPOOL_URL: relayUrl,
    OCTOPOOL_TOKEN: callerToken,
    NODE_COMPILE_CACHE: at("compiled"), // as the npm package's starter has it
    HTTPS_PROXY: proxy.url,
    SSL_CERT_FILE: certificates.authorityFile,
  });
  const octopool = `${process.execPath} ${at("octopool.cjs")}`;
  return {
    directory,
    standIn,
    proxy,
    relayUrl: worker.url,
    callerToken,
    octopool,
    plainEnvironment,
    ownEnvironment,
    plain: (line, terminal = false) => runGh({ line: `gh ${line}`, env: plainEnvironment(), terminal }),
    ours: async (line, { terminal = false, relayUrl = worker.url, env = {} } = {}) =>
      runGh({ line: `${octopool} gh ${line}`, env: { ...(await ownEnvironment(relayUrl)), ...env }, terminal }),
    async close() {
      await worker.stop();
      await Promise.all([plainGate.close(), relayGate.close(), proxy.close(), standIn.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startRelay(
  githubUrl: string,
  stateDir: string,
): Promise<{ readonly worker: LocalWorker; readonly callerToken: string }> {
  const world = standInWorld(githubUrl);
  const identities = Object.fromEntries(world.identities.map(({ secretRef, token }) => [secretRef, token]));
  const worker = await startLocalWorker({
    port: 0,
    stateDir,
    vars: { ...world.vars, PUBLIC_REPO_TTL_SECONDS: "300" }, // a proof that ends in between is no cost of a read
    secrets: { OCTOPOOL_ADMIN_TOKEN: ADMIN_TOKEN, OCTOPOOL_GITHUB_ORG_TOKEN: world.orgToken, ...identities },
    log: () => undefined,
  });
  const { callerToken } = await seedLocal({ url: worker.url, adminToken: ADMIN_TOKEN, world, earlier: undefined });
  const policy = {
    allowed_owners: ["acme-inc"],
    allow_public_repos: true,
    allow_search: true,
    allow_logs: true,
    max_concurrent_per_caller: 64,
    fills_per_hour_per_caller: 100_000,
    negative_proofs_per_hour_per_caller: 1000,
  };
  const response = await fetch(`${worker.url}/v1/admin/pools/maintainers`, {
    method: "PUT",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ policy }),
  });
  if (!response.ok) throw new Error(`the policy was refused: ${await response.text()}`);
  return { worker, callerToken };
}
