/** What `npm run setup` was asked to do: its arguments, and secrets in the environment under their own names. */
import { parseArgs } from "node:util";
import { Problem } from "../problem.ts";

export interface SetupOptions {
  readonly check: boolean;
  readonly help: boolean;
  readonly org: string | undefined;
  /** A host name, or `workers.dev`. */
  readonly host: string | undefined;
  readonly installHost: string | undefined;
  readonly oauthClientId: string | undefined;
  /** Secrets to make or ask for anew though they are set. */
  readonly rotate: readonly string[];
}

export const HELP = `npm run setup [-- options]: sets a deployment up, and can be run again at any time

  --check             only report what is in place; exits with 1 where something is missing or wrong
  --org NAME          the GitHub organization whose members may log in
  --host NAME         the host to serve, of a zone of your account, or workers.dev
  --install-host NAME a second host that shows only how to install; none for one host
  --oauth-client-id ID  client id of a GitHub OAuth app for browser sign-in; none for no sign-in
  --rotate SECRET     make or ask for a secret anew; may be repeated
  --help              this text

What is not given is asked. OCTOPOOL_GITHUB_ORG_TOKEN and GITHUB_OAUTH_CLIENT_SECRET are taken from the environment, else
asked. Several Cloudflare accounts: set CLOUDFLARE_ACCOUNT_ID.
`;

/** @throws Problem in one line for an argument that cannot be used. */
export function readSetupOptions(args: readonly string[]): SetupOptions {
  const values = parse(args);
  return {
    check: values.check ?? false,
    help: values.help ?? false,
    org: values.org,
    host: values.host,
    installHost: values["install-host"],
    oauthClientId: values["oauth-client-id"],
    rotate: values.rotate ?? [],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        check: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        org: { type: "string" },
        host: { type: "string" },
        "install-host": { type: "string" },
        "oauth-client-id": { type: "string" },
        rotate: { type: "string", multiple: true },
      },
    }).values;
  } catch (error) {
    // parseArgs names the argument it does not take; anything else is a fault of ours.
    if (!(error instanceof TypeError)) throw error;
    const [sentence = error.message] = error.message.split(". ");
    throw new Problem(`${sentence}. npm run setup -- --help lists the options.`, { cause: error });
  }
}
