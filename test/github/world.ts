import type {
  CanaryOffer,
  CanarySetting,
  InstallationSetting,
  RepositorySetting,
  TokenSetting,
  UserSetting,
} from "./vocabulary.ts";
import { VAULT } from "./private-words.ts";
import { DEFAULT_SEED, type Seed } from "./seed.ts";

export interface User {
  readonly login: string;
  readonly id: number;
  readonly name: string;
  readonly type: "User" | "Bot" | "Organization";
}

export interface Repository {
  readonly id: number;
  fullName: string;
  visibility: "public" | "private" | "deleted";
  readonly members: ReadonlySet<string>;
  readonly defaultBranch: string;
}

export interface Token {
  readonly login: string;
  /** Null: not shown, as for fine-grained and installation tokens. */
  readonly scopes: readonly string[] | null;
  readonly isInstallation: boolean;
  readonly installationId?: number;
  /** Epoch milliseconds; absent: never ends. */
  readonly endsAt?: number;
}

/** Repositories of this owner exist on demand, so that load tests have as many cache keys as they want. */
const BENCH = /^bench\/repo-(\d{1,6})$/i;
const BENCH_FIRST_ID = 900_000_000;

/** Who and what exists: users, tokens, organizations, repositories. Names compare without case, as on GitHub. */
export class World {
  readonly #users = new Map<string, User>();
  readonly #tokens = new Map<string, Token>();
  readonly #organizations = new Map<string, Set<string>>();
  readonly #byName = new Map<string, Repository>();
  readonly #byId = new Map<number, Repository>();
  readonly #touched = new Map<string, number>();
  readonly installations = new Map<number, InstallationSetting>();
  canary: CanarySetting | undefined;
  readonly #offers = new Map<string, CanaryOffer>();
  #nextId = 5000;

  constructor(seed: Seed = DEFAULT_SEED) {
    for (const user of seed.users) this.addUser(user);
    for (const token of seed.tokens) this.addToken(token);
    for (const [org, login] of seed.members) this.setOrgMember(org, login, true);
    for (const repository of seed.repositories) this.addRepository(repository);
    for (const [from, to] of seed.renamed) this.rename(from, to);
  }

  addUser({ login, id, name, type }: UserSetting): void {
    this.#users.set(login.toLowerCase(), {
      login,
      id: id ?? this.#nextId++,
      name: name ?? login,
      type: type ?? "User",
    });
  }

  user(login: string): User | undefined {
    return this.#users.get(login.toLowerCase());
  }

  userById(id: number): User | undefined {
    return [...this.#users.values()].find((user) => user.id === id);
  }

  /** Who can sign in, in the order they came. */
  get people(): readonly User[] {
    return [...this.#users.values()].filter((user) => user.type === "User");
  }

  addToken({ token, login, scopes }: TokenSetting, more: Partial<Omit<Token, "login" | "scopes">> = {}): void {
    if (this.user(login) === undefined) this.addUser({ login });
    const shown = scopes === undefined ? ["public_repo", "read:org"] : scopes;
    this.#tokens.set(token, { login, scopes: shown, isInstallation: false, ...more });
  }

  removeToken(token: string): void {
    this.#tokens.delete(token);
  }

  token(token: string, now: number): Token | undefined {
    const found = this.#tokens.get(token);
    if (found?.endsAt !== undefined && found.endsAt <= now) return undefined;
    // Uninstalled: its tokens are nobody's.
    const isGone = found?.installationId !== undefined && !this.installations.has(found.installationId);
    return isGone ? undefined : found;
  }

  setOrgMember(org: string, login: string, isMember: boolean): void {
    if (this.user(org) === undefined) this.addUser({ login: org, type: "Organization" });
    if (this.user(login) === undefined) this.addUser({ login });
    const key = org.toLowerCase();
    const members = this.#organizations.get(key) ?? new Set<string>();
    this.#organizations.set(key, members);
    if (isMember) members.add(login.toLowerCase());
    else members.delete(login.toLowerCase());
  }

  isOrgMember(org: string, login: string): boolean {
    return this.#organizations.get(org.toLowerCase())?.has(login.toLowerCase()) ?? false;
  }

  /** In alphabetical order, so that cursors stay meaningful. */
  organizationsOf(login: string): readonly User[] {
    return [...this.#organizations]
      .filter(([, members]) => members.has(login.toLowerCase()))
      .flatMap(([org]) => this.user(org) ?? [])
      .toSorted((left, right) => (left.login < right.login ? -1 : 1));
  }

  addRepository(setting: RepositorySetting): Repository {
    const repository: Repository = {
      id: setting.id ?? 1_300_000 + this.#byId.size,
      fullName: setting.full_name,
      visibility: setting.visibility ?? "public",
      members: new Set((setting.members ?? []).map((login) => login.toLowerCase())),
      defaultBranch: setting.default_branch ?? "main",
    };
    const owner = setting.full_name.split("/")[0] ?? "";
    if (this.user(owner) === undefined) this.addUser({ login: owner, type: "Organization" });
    this.#byName.set(repository.fullName.toLowerCase(), repository);
    this.#byId.set(repository.id, repository);
    return repository;
  }

  /** Also finds it under a former name; compare `fullName` to notice. */
  repository(fullName: string): Repository | undefined {
    const found = this.#byName.get(fullName.toLowerCase());
    if (found !== undefined) return found;
    const bench = BENCH.exec(fullName);
    if (bench === null) return undefined;
    return this.addRepository({ full_name: fullName.toLowerCase(), id: BENCH_FIRST_ID + Number(bench[1]) });
  }

  repositoryById(id: number): Repository | undefined {
    return (
      this.#byId.get(id) ?? (id >= BENCH_FIRST_ID ? this.repository(`bench/repo-${id - BENCH_FIRST_ID}`) : undefined)
    );
  }

  publicRepositoriesOf(owner: string): readonly Repository[] {
    const prefix = `${owner.toLowerCase()}/`;
    return [...this.#byId.values()].filter(
      (each) => each.visibility === "public" && each.fullName.toLowerCase().startsWith(prefix),
    );
  }

  /** The first private repository this login belongs to: what a reference may give away. */
  privateRepositoryOf(login: string): Repository | undefined {
    return [...this.#byId.values()].find((each) => each.visibility === "private" && isMember(each, login));
  }

  /** From now on answers tell each asker what GitHub would tell it, the private repository's secrets included. */
  plantCanary(setting: CanarySetting): void {
    if (!/^[a-z0-9]{12,}$/.test(setting.marker)) throw new TypeError("a marker is at least 12 letters and digits");
    const members = [...setting.members, ...setting.admins];
    this.canary = setting;
    this.addRepository({ full_name: VAULT, visibility: "private", members });
    this.addRepository({ full_name: `octocat/${setting.marker}`, visibility: "private", members });
  }

  noteOffer(offer: CanaryOffer): void {
    this.#offers.set(JSON.stringify(offer), offer);
  }

  /** Every question whose answer held the marker, and whom it was sent. */
  get offers(): readonly CanaryOffer[] {
    return [...this.#offers.values()];
  }

  rename(from: string, to: string): void {
    const repository = this.repository(from) ?? this.addRepository({ full_name: from });
    repository.fullName = to;
    this.#byName.set(to.toLowerCase(), repository);
  }

  setVisibility(fullName: string, visibility: Repository["visibility"]): void {
    const repository = this.repository(fullName) ?? this.addRepository({ full_name: fullName });
    repository.visibility = visibility;
  }

  /** `path`: decoded. */
  touch(path: string): void {
    this.#touched.set(path.toLowerCase(), this.version(path) + 1);
  }

  /** How often a path was touched. */
  version(path: string): number {
    return this.#touched.get(path.toLowerCase()) ?? 0;
  }
}

/** Whether a login may see the repository while it is private. */
export function isMember(repository: Repository, login: string | undefined): boolean {
  return login !== undefined && repository.members.has(login.toLowerCase());
}
