/** A Cloudflare account in a file, and a project's folder of its own beside it, with a fake wrangler first in PATH. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { runSetup } from "../../../scripts/setup/run.ts";

const FAKE = fileURLToPath(new URL("fake-wrangler.mjs", import.meta.url));
const FILES = ["wrangler.jsonc", "wrangler.public-proxy.jsonc"] as const;
const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

export interface AccountState {
  readonly loggedIn: boolean;
  readonly accounts: readonly { readonly name: string; readonly id: string }[];
  readonly databases: Readonly<Record<string, string>>;
  readonly buckets: readonly string[];
  readonly rules: readonly string[];
  /** By configuration file, then by name. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly failing: Readonly<Record<string, string>>;
  readonly calls: readonly string[];
}

const EMPTY: AccountState = {
  loggedIn: true,
  accounts: [{ name: "Acme", id: "a1" }],
  databases: {},
  buckets: [],
  rules: [],
  secrets: {},
  failing: {},
  calls: [],
};

export class FakeAccount {
  readonly root: string;
  readonly bin: string;

  constructor(root: string) {
    this.root = root;
    this.bin = join(root, "bin");
  }

  static async make(state: Partial<AccountState> = {}): Promise<FakeAccount> {
    const fake = new FakeAccount(await mkdtemp(join(tmpdir(), "octopool-setup-")));
    await mkdir(fake.bin);
    const script = join(fake.bin, "wrangler");
    await writeFile(script, `#!/bin/sh\nexec "${process.execPath}" "${FAKE}" "$@"\n`);
    await chmod(script, 0o755);
    for (const name of FILES) await cp(join(PROJECT, name), join(fake.root, name));
    await fake.become({ ...EMPTY, ...state });
    return fake;
  }

  /** Everything of another account and its project, as it stands. */
  async copy(other: FakeAccount): Promise<void> {
    for (const name of FILES) await cp(join(other.root, name), join(this.root, name));
    await this.become(await other.state());
  }

  get env(): Record<string, string> {
    return { PATH: `${this.bin}:${process.env.PATH ?? ""}`, FAKE_WRANGLER_STATE: join(this.root, "account.json") };
  }

  async become(state: Partial<AccountState>): Promise<void> {
    const before = await this.state().catch(() => EMPTY);
    await writeFile(join(this.root, "account.json"), JSON.stringify({ ...before, ...state }));
  }

  async state(): Promise<AccountState> {
    return JSON.parse(await readFile(join(this.root, "account.json"), "utf8")) as AccountState;
  }

  text(name: string): Promise<string> {
    return readFile(join(this.root, name), "utf8");
  }

  async edit(name: string, change: (text: string) => string): Promise<void> {
    await writeFile(join(this.root, name), change(await this.text(name)));
  }

  /** `answers`: what the person types, a line each. */
  async setup(
    args: readonly string[],
    { answers = [] as readonly string[], env = {} as Readonly<Record<string, string>> } = {},
  ): Promise<{ readonly code: number; readonly shown: string }> {
    const input = new PassThrough();
    input.end(answers.map((answer) => `${answer}\n`).join(""));
    const output = new PassThrough();
    let shown = "";
    output.setEncoding("utf8").on("data", (text: string) => (shown += text));
    const code = await runSetup({ root: this.root, args, env: { ...this.env, ...env }, input, output });
    return { code, shown };
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
