/** `scripts/serve.ts` as a process that can be killed outright at any moment, and what it left on disk. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { standInWorld } from "../../scripts/local-world.ts";

export const ADMIN_TOKEN = "soak-admin-token-0123456789";
const SCRIPT = fileURLToPath(new URL("../../scripts/serve.ts", import.meta.url));

export interface ServedOptions {
  /** An empty folder of this run's own. */
  readonly place: string;
  readonly standInUrl: string;
  readonly port: number;
}

export class Served {
  readonly url: string;
  readonly #options: ServedOptions;
  #child: ChildProcess | undefined;

  constructor(options: ServedOptions) {
    this.#options = options;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  get #state(): string {
    return join(this.#options.place, "state");
  }

  /** Resolves when it says that it serves; rejects with its words where it ends before. */
  async start(): Promise<void> {
    const { place, standInUrl, port } = this.#options;
    const world = standInWorld(standInUrl);
    const secrets = join(place, "secrets");
    const lines = [
      `OCTOPOOL_ADMIN_TOKEN=${ADMIN_TOKEN}`,
      `OCTOPOOL_GITHUB_ORG_TOKEN=${world.orgToken}`,
      ...world.identities.map(({ secretRef, token }) => `${secretRef}=${token}`),
    ];
    await writeFile(secrets, `${lines.join("\n")}\n`, { mode: 0o600 });
    const child = spawn(process.execPath, [SCRIPT, "--state", this.#state, "--port", `${port}`, "--secrets", secrets], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...world.vars, APP_ORIGIN: this.url, CONFIG_TTL_SECONDS: "1" },
    });
    this.#child = child;
    let said = "";
    const isReady = new Promise<true>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          said = (said + text).slice(-20_000);
          if (/^serving http/m.test(said)) resolve(true);
        });
      }
    });
    const outcome = await Promise.race([isReady, once(child, "close")]);
    if (outcome !== true) throw new Error(`serve ended before it served:\n${said}`);
  }

  /** SIGKILL to the script alone: no handler runs. Resolves when nothing of that life listens any more. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
    for (;;) {
      // The guard ends workerd within moments; until then the port still answers.
      const isOver = await fetch(`${this.url}/v1/status`, { method: "HEAD" }).then(
        () => false,
        () => true,
      );
      if (isOver) return;
    }
  }

  /** Resolves to the exit code once it has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = once(child, "close");
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  /** Resolves with the exit code when it ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const [code] = (await once(child, "close")) as [number | null];
    return code;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Reads the database as the last life left it, in a copy, so that nothing is mended by looking. */
  async inspect<T>(look: (database: DatabaseSync) => T): Promise<T> {
    const folder = join(this.#state, "v3/d1/miniflare-D1DatabaseObject");
    const copy = await mkdtemp(join(tmpdir(), "octopool-look-"));
    try {
      await cp(folder, copy, { recursive: true });
      const name = (await readdir(copy)).find((each) => /^[0-9a-f]{64}\.sqlite$/.test(each));
      if (name === undefined) throw new Error(`there is no database in ${folder}`);
      const database = new DatabaseSync(join(copy, name));
      try {
        return look(database);
      } finally {
        database.close();
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }
}
