import { setApp } from "./app-hook.ts";
import { RESOURCES } from "./quota.ts";
import type { StandInState } from "./state.ts";
import type {
  AppSetting,
  CanarySetting,
  Fault,
  InstallationSetting,
  QuotaSetting,
  RepositorySetting,
  RequestFilter,
  Resource,
  ScriptedAnswer,
  TokenSetting,
  UserSetting,
} from "./vocabulary.ts";
import { canonicalPath } from "./world-answer.ts";

/** The argument of each control door. */
interface Arguments {
  readonly reset: object;
  readonly script: { readonly answers: readonly ScriptedAnswer[] };
  readonly "unused-scripts": object;
  readonly log: { readonly filter?: RequestFilter };
  readonly "clear-log": object;
  readonly "wait-for": { readonly count: number; readonly filter?: RequestFilter; readonly timeout_ms?: number };
  readonly "add-user": UserSetting;
  readonly "add-token": TokenSetting;
  readonly "remove-token": { readonly token: string };
  readonly "add-installation": InstallationSetting;
  readonly "remove-installation": { readonly id: number };
  readonly "set-app": AppSetting;
  readonly "set-quota": QuotaSetting & { readonly login: string; readonly resource: Resource };
  readonly "set-anonymous-quota": QuotaSetting & { readonly resource: Resource };
  readonly "set-org-member": { readonly org: string; readonly login: string; readonly member: boolean };
  readonly "set-latency": { readonly ms: number; readonly filter?: RequestFilter };
  readonly "add-fault": Fault;
  readonly "clear-faults": object;
  readonly "add-repository": RepositorySetting;
  readonly "set-visibility": { readonly full_name: string; readonly visibility: "public" | "private" | "deleted" };
  readonly rename: { readonly from: string; readonly to: string };
  readonly touch: { readonly path: string };
  readonly gate: { readonly name: string; readonly filter?: RequestFilter };
  readonly release: { readonly name: string };
  readonly "advance-clock": { readonly ms: number };
  readonly "plant-canary": CanarySetting;
  readonly "canary-offers": object;
}

export type Door = keyof Arguments;
type Doors = { readonly [name in Door]: (state: StandInState, argument: Arguments[name]) => unknown };

const DOORS: Doors = {
  reset: (state) => state.reset(),
  script: (state, { answers }) => state.scripts.add(answers),
  "unused-scripts": (state) => state.scripts.unused(),
  log: (state, { filter }) => state.log.read(filter),
  "clear-log": (state) => state.log.clear(),
  "wait-for": (state, { count, filter = {}, timeout_ms }) => state.log.waitFor(count, filter, timeout_ms ?? 10_000),
  "add-user": (state, user) => changeWorld(state, () => state.world.addUser(user)),
  "add-token": (state, token) => changeWorld(state, () => state.world.addToken(token)),
  "remove-token": (state, { token }) => state.world.removeToken(token),
  "add-installation": (state, each) => state.world.installations.set(each.id, each),
  "remove-installation": (state, { id }) => state.world.installations.delete(id),
  "set-app": (state, app) => setApp(state.world, app),
  "set-quota": (state, { login, resource, ...quota }) => state.quota.set(login, known(resource), quota),
  "set-anonymous-quota": (state, { resource, ...quota }) => state.quota.setAnonymous(known(resource), quota),
  "set-org-member": (state, { org, login, member }) =>
    changeWorld(state, () => state.world.setOrgMember(org, login, member)),
  "set-latency": (state, { ms, filter }) => state.disturbances.setLatency(ms, filter ?? {}),
  "add-fault": (state, fault) => state.disturbances.addFault(fault),
  "clear-faults": (state) => state.disturbances.clearFaults(),
  "add-repository": (state, repository) => changeWorld(state, () => state.world.addRepository(repository)),
  "set-visibility": (state, { full_name, visibility }) =>
    changeWorld(state, () => state.world.setVisibility(full_name, visibility)),
  rename: (state, { from, to }) => changeWorld(state, () => state.world.rename(from, to)),
  touch: (state, { path }) => changeWorld(state, () => state.world.touch(canonicalPath(state.world, path))),
  gate: (state, { name, filter }) => state.disturbances.addGate(name, filter ?? {}),
  release: (state, { name }) => state.disturbances.release(name),
  "advance-clock": (state, { ms }) => state.advanceClock(ms),
  "plant-canary": (state, canary) => changeWorld(state, () => state.world.plantCanary(canary)),
  "canary-offers": (state) => state.world.offers,
};

/** Bodies made before the change may no longer be true. */
function changeWorld(state: StandInState, change: () => unknown): void {
  change();
  state.answers.clear();
}

function known(resource: Resource): Resource {
  if (!RESOURCES.includes(resource)) throw new TypeError(`no such resource: "${String(resource)}"`);
  return resource;
}

/** What the control doors answer: 404 for an unknown door, 400 with the reason for an argument that is refused. */
export async function callDoor(
  state: StandInState,
  name: string,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  if (!Object.hasOwn(DOORS, name)) return { status: 404, body: JSON.stringify({ message: `no such door: ${name}` }) };
  const door = DOORS[name as Door] as (state: StandInState, argument: unknown) => unknown;
  try {
    const result = await door(state, body === "" ? {} : JSON.parse(body));
    const isValue = Array.isArray(result);
    return { status: 200, body: JSON.stringify(isValue ? result : {}) };
  } catch (error) {
    // A test's mistake, a wait that ended: told to the test, which fails with these words.
    return { status: 400, body: JSON.stringify({ message: error instanceof Error ? error.message : String(error) }) };
  }
}
