import { corpusText, type JsonObject } from "./corpus.ts";
import { JSON_TYPE, notFound, refusal } from "./refusal.ts";
import { ownerOf, type Question, type WorldAnswer } from "./question.ts";
import type { User } from "./world.ts";

/** `GET /user` (the credential's own, private fields included) and `GET /user/{id}`. */
export function selfAnswer(question: Question): WorldAnswer {
  const { world, login, params, operation } = question;
  if (operation === "users/get-by-id") {
    const user = world.userById(Number(params.id));
    return user === undefined ? notFound() : json(profile(user));
  }
  if (login === undefined)
    return refusal(401, "Requires authentication", "rest/users/users#get-the-authenticated-user");
  const user = world.user(login);
  if (user === undefined) return notFound();
  return json({
    ...profile(user),
    email: `${user.login}@private.example.com`,
    private_gists: 4,
    total_private_repos: 7,
    owned_private_repos: 7,
    disk_usage: 10_000,
    collaborators: 3,
    two_factor_authentication: true,
    plan: { name: "pro", space: 976_562_499, collaborators: 0, private_repos: 9999 },
  });
}

function profile(user: User): JsonObject {
  const sample = (corpusText("users/get-by-username") ?? "{}").replaceAll(
    /(\/users\/|github\.com\/|"login":")octocat(?=["/{])/g,
    `$1${user.login}`,
  );
  return { ...(JSON.parse(sample) as JsonObject), login: user.login, id: user.id, name: user.name, type: user.type };
}

/** 204 for yes, 404 for no. Private memberships are seen by members of the same organization only. */
export function membershipAnswer({ world, operation, params, repository, login }: Question): WorldAnswer {
  const asked = params.login ?? "";
  const yes: WorldAnswer = { status: 204, body: "", hasEtag: false };
  if (operation === "issues/check-user-can-be-assigned") {
    const owner = repository === undefined ? "" : ownerOf(repository);
    const may = owner.toLowerCase() === asked.toLowerCase() || repository?.members.has(asked.toLowerCase()) === true;
    return may || world.isOrgMember(owner, asked) ? yes : notFound();
  }
  const org = params.org ?? "";
  if (operation === "orgs/check-public-membership-for-user") return world.isOrgMember(org, asked) ? yes : notFound();
  if (login === undefined || !world.isOrgMember(org, login)) {
    const location = `https://api.github.com/orgs/${org}/public_members/${asked}`;
    return { status: 302, headers: { location }, body: "", hasEtag: false };
  }
  return world.isOrgMember(org, asked)
    ? yes
    : refusal(404, "User does not exist or is not a member of the organization");
}

function json(body: JsonObject): WorldAnswer {
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(body), mediaFormat: "json", hasEtag: true };
}
