/** Wrangler as setup and deploy use it: started by name, so that whichever is first in PATH runs; nothing is ever asked. */
import { spawn } from "node:child_process";
import { Problem } from "../problem.ts";

export interface WranglerPlace {
  /** The project's folder: wrangler reads its configuration there. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Account {
  readonly accounts: readonly { readonly name: string; readonly id: string }[];
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = "wrangler.jsonc";

export class Wrangler {
  readonly #place: WranglerPlace;

  constructor(place: WranglerPlace) {
    this.#place = place;
  }

  /** Undefined: nobody is logged in. */
  async account(): Promise<Account | undefined> {
    const { code, stdout } = await this.#outcome(["whoami", "--json"]);
    if (code !== 0) return undefined;
    const told = parseJson(stdout) as { accounts?: readonly { name?: unknown; id?: unknown }[] } | undefined;
    const accounts = (told?.accounts ?? []).map(({ name, id }) => ({ name: String(name), id: String(id) }));
    return { accounts };
  }

  /** Ids of the account's D1 databases by name. */
  async databases(): Promise<ReadonlyMap<string, string>> {
    const rows = parseJson(await this.run(["d1", "list", "--json"])) as readonly { name: string; uuid: string }[];
    return new Map(rows.map(({ name, uuid }) => [name, uuid]));
  }

  async buckets(): Promise<readonly string[]> {
    const text = await this.run(["r2", "bucket", "list"]);
    return [...text.matchAll(/^\s*name:\s+(\S+)\s*$/gm)].map(([, name]) => name ?? "");
  }

  /** Names of the bucket's lifecycle rules. */
  async lifecycleRules(bucket: string): Promise<readonly string[]> {
    const text = await this.run(["r2", "bucket", "lifecycle", "list", bucket]);
    return [...text.matchAll(/^\s*name:\s+(.+?)\s*$/gm)].map(([, name]) => name ?? "");
  }

  /** Names only: no secret can be read back. A Worker that was never deployed has none. */
  async secrets(config: string = MAIN): Promise<readonly string[]> {
    const { code, stdout, stderr } = await this.#outcome(["secret", "list", "--format", "json", "-c", config]);
    if (code === 0) return (parseJson(stdout) as readonly { name: string }[]).map(({ name }) => name);
    if (/10007|does not exist|not found/i.test(stdout + stderr)) return [];
    throw failed(["secret", "list"], stdout + stderr);
  }

  /** The value goes in by standard input, never by an argument, which every process of the machine could read. */
  async putSecret(name: string, value: string, config: string = MAIN): Promise<void> {
    const { code, stdout, stderr } = await this.#outcome(["secret", "put", name, "-c", config], value);
    if (code !== 0) throw failed(["secret", "put", name], (stdout + stderr).replaceAll(value, "…"));
  }

  /** @throws Problem with wrangler's own words where it exits with anything but 0. */
  async run(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.#outcome(args, input);
    if (code !== 0) throw failed(args, stdout + stderr);
    return stdout;
  }

  #outcome(args: readonly string[], input = ""): Promise<Outcome> {
    const { cwd, env } = this.#place;
    const child = spawn("wrangler", [...args], {
      cwd,
      env: { ...env, CI: "true", NO_COLOR: "1", WRANGLER_HIDE_BANNER: "true", WRANGLER_SEND_METRICS: "false" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => child.stdin.destroy()); // it ended without reading what it was given
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") reject(error);
        else reject(new Problem("wrangler is not in PATH: start this through npm run, after npm ci."));
      });
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }
}

function failed(args: readonly string[], words: string): Problem {
  return new Problem(`wrangler ${args.join(" ")} failed:\n${words.trim()}`);
}

/** What wrangler says before its JSON, such as warnings, is not part of it. */
function parseJson(text: string): unknown {
  const start = text.search(/[[{]/);
  try {
    return start === -1 ? undefined : JSON.parse(text.slice(start));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem(`wrangler answered what is no JSON:\n${text.trim().slice(0, 500)}`);
  }
}
