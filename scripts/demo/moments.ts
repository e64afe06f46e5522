/** What happens in the pool `demo`, moment by moment, out of a seed: people look around, bots poll, CI watches its runs. */
import { SeededRandom } from "../seeded-random.ts";
import { CALLERS, REPOSITORIES, type Role } from "./cast.ts";

export interface DemoRead {
  readonly login: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly maxAgeSeconds?: number;
}

export type Moment =
  /** One caller's reads, one after another. */
  | { readonly kind: "reads"; readonly reads: readonly DemoRead[] }
  /** Something changed at GitHub, and its webhooks tell of it. */
  | { readonly kind: "push"; readonly repository: string; readonly pull: number; readonly run: number };

/** How often each happens, relative to the others. */
const MIX = [
  { share: 45, make: lookAtPull },
  { share: 20, make: lookAtIssues },
  { share: 15, make: pollLists },
  { share: 12, make: watchRun },
  { share: 4, make: askInVain },
  { share: 4, make: push },
] as const;
const ALL_SHARES = MIX.reduce((sum, { share }) => sum + share, 0);

/** Without end. The same seed gives the same moments. */
export function* momentsOf(seed: number): Generator<Moment, never> {
  const random = new SeededRandom(seed);
  for (;;) {
    let left = random.next() * ALL_SHARES;
    const chosen = MIX.find(({ share }) => (left -= share) < 0) ?? MIX[0];
    yield chosen.make(random);
  }
}

function anyone(role: Role, random: SeededRandom): string {
  return random.pick(CALLERS.filter((caller) => caller.role === role)).login;
}

function reads(login: string, paths: readonly string[], more: Partial<DemoRead> = {}): Moment {
  return { kind: "reads", reads: paths.map((path) => ({ login, path, ...more })) };
}

const repositoryFor = (random: SeededRandom) => `/repos/${random.pick(REPOSITORIES)}`;
const pullFor = (random: SeededRandom) => random.whole(1, 9);
const runFor = (random: SeededRandom) => 30_433_000 + random.whole(1, 4);

function lookAtPull(random: SeededRandom): Moment {
  const repository = repositoryFor(random);
  const pull = `${repository}/pulls/${pullFor(random)}`;
  return reads(anyone("person", random), [
    `${repository}/pulls`,
    pull,
    `${pull}/files`,
    `${pull}/reviews`,
    `${pull}/commits`,
  ]);
}

function lookAtIssues(random: SeededRandom): Moment {
  const repository = repositoryFor(random);
  const issue = `${repository}/issues/${random.whole(1, 20)}`;
  return reads(anyone("person", random), [`${repository}/issues`, issue, `${issue}/comments`]);
}

function pollLists(random: SeededRandom): Moment {
  const repository = repositoryFor(random);
  return reads(anyone("bot", random), [
    `${repository}/actions/runs`,
    `${repository}/pulls`,
    `${repository}/releases/latest`,
  ]);
}

/** As `gh run watch` does, which takes nothing older than five seconds. */
function watchRun(random: SeededRandom): Moment {
  const run = `${repositoryFor(random)}/actions/runs/${runFor(random)}`;
  return reads(anyone("ci", random), [run, `${run}/jobs`], { maxAgeSeconds: 5 });
}

/** Every refusal has its sentence in the dashboard; a newcomer sees some of them. */
function askInVain(random: SeededRandom): Moment {
  const login = anyone("person", random);
  return random.pick<Moment>([
    reads(login, [`${repositoryFor(random)}/actions/secrets`]),
    reads(login, ["/search/issues"], { query: { q: "is:open relay" } }),
    reads(login, ["/repos/acme/secret"]),
    reads(login, [`/repos/acme-inc/never-was`]),
  ]);
}

function push(random: SeededRandom): Moment {
  return { kind: "push", repository: random.pick(REPOSITORIES), pull: pullFor(random), run: runFor(random) };
}
