import { serverOrigin } from "../address.ts";
import { command } from "../command.ts";
import { setting } from "../config.ts";
import { NoResults } from "../exit.ts";

export const logout = command({
  name: "logout",
  about: "Forget the saved login of a server.",
  details: [
    "The server keeps the token valid until a new login under the same client name replaces it or an operator revokes it.",
  ],
  args: { server: { about: "the server's address, instead of OCTOPOOL_URL or the default login" } },
  flags: {},
  examples: ["octopool logout", "octopool logout https://octopool.example.com"],
  async run({ args, env, io, logins }) {
    const { defaultUrl, logins: saved } = await logins.read();
    const named = args.server ?? setting(env, "OCTOPOOL_URL");
    const wanted = named === undefined ? defaultUrl : serverOrigin(named);
    const login = saved.find(({ url }) => url === wanted) ?? saved.find(({ askedUrl }) => askedUrl === wanted);
    if (login === undefined) {
      throw new NoResults(
        wanted === undefined ? "You are not logged in anywhere." : `There is no saved login for ${wanted}.`,
      );
    }
    await logins.remove(login.url);
    io.line(`Logged out of ${login.url}. The token is gone from ${logins.path}.`);
  },
});
