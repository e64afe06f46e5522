/** The saved logins: one file, several servers side by side, readable by its owner only. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "./exit.ts";
import { isObject, parseJson, textAt } from "./json.ts";
import type { Machine } from "./machine.ts";

export interface SavedLogin {
  /** Where the token may go, and nowhere else: the origin of the server's api_base. */
  readonly url: string;
  /** The address the user typed; differs from `url` only after --trust-discovery-redirect. */
  readonly askedUrl: string;
  readonly token: string;
  readonly pool: string;
  readonly githubLogin: string;
  readonly clientName: string;
}

export interface SavedLogins {
  /** The `url` used where OCTOPOOL_URL names none. */
  readonly defaultUrl: string | undefined;
  readonly logins: readonly SavedLogin[];
}

export interface LoginStore {
  readonly path: string;
  read(): Promise<SavedLogins>;
  /** Adds or replaces the login of its URL and makes it the default. */
  save(login: SavedLogin): Promise<void>;
  /** Forgets the login of this URL. A single remaining login becomes the default. */
  remove(url: string): Promise<void>;
}

type Place = Pick<Machine, "env" | "platform" | "homeDirectory">;

/** OCTOPOOL_CONFIG_DIR, else the platform's place for settings (XDG Base Directory Specification; %APPDATA%). */
export function configDirectory({ env, platform, homeDirectory }: Place): string {
  const own = env["OCTOPOOL_CONFIG_DIR"];
  if (own !== undefined && own !== "") return own;
  const base = platform === "win32" ? env["APPDATA"] : env["XDG_CONFIG_HOME"];
  return join(base === undefined || base === "" ? join(homeDirectory, ".config") : base, "octopool");
}

/** Opens the store; nothing is read before it is asked for. */
export function createLoginStore(place: Place): LoginStore {
  const directory = configDirectory(place);
  const path = join(directory, "logins.json");
  // A directory the user named may be shared with other things: its mode is theirs to choose.
  const ownsDirectory = (place.env["OCTOPOOL_CONFIG_DIR"] ?? "") === "";
  const write = async (saved: SavedLogins) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (ownsDirectory) await chmod(directory, 0o700);
    await replaceFile(path, `${JSON.stringify(toFile(saved), null, 2)}\n`);
  };
  const read = () => readLogins(path);
  return {
    path,
    read,
    async save(login) {
      const { logins } = await read();
      await write({ defaultUrl: login.url, logins: [...logins.filter((other) => other.url !== login.url), login] });
    },
    async remove(url) {
      const { defaultUrl, logins } = await read();
      const left = logins.filter((other) => other.url !== url);
      const only = left.length === 1 ? left[0]?.url : undefined;
      await write({ defaultUrl: defaultUrl === url ? only : defaultUrl, logins: left });
    },
  };
}

async function readLogins(path: string): Promise<SavedLogins> {
  const text = await readIfPresent(path);
  if (text === undefined) return { defaultUrl: undefined, logins: [] };
  const file = parseJson(text);
  if (!isObject(file) || !isObject(file["servers"])) {
    throw new Failure(`The saved logins in ${path} cannot be read.`, {
      next: "move that file away, then octopool login <server>",
    });
  }
  const logins = Object.entries(file["servers"]).flatMap(([url, entry]) => savedLogin(url, entry));
  return { defaultUrl: textAt(file, "default"), logins };
}

/** An entry without a token is as good as none: the user logs in again. */
function savedLogin(url: string, entry: unknown): SavedLogin[] {
  const token = textAt(entry, "token");
  if (token === undefined) return [];
  return [
    {
      url,
      askedUrl: textAt(entry, "asked_url") ?? url,
      token,
      pool: textAt(entry, "pool") ?? "maintainers",
      githubLogin: textAt(entry, "github_login") ?? "",
      clientName: textAt(entry, "client_name") ?? "",
    },
  ];
}

function toFile({ defaultUrl, logins }: SavedLogins): unknown {
  const servers = logins.map(({ url, askedUrl, token, pool, githubLogin, clientName }) => [
    url,
    { token, pool, github_login: githubLogin, client_name: clientName, asked_url: askedUrl },
  ]);
  return { default: defaultUrl, servers: Object.fromEntries(servers) as unknown };
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined; // nobody logged in yet
    throw error;
  }
}

/** Readers see the old file or the new one, never a half: rename is atomic inside one directory (POSIX rename). */
async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true }); // already renamed, unless a step above failed
  }
}
