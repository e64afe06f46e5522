/** Before something is taken from a caller: its name, what follows, and the deed. */
import type { JSX } from "solid-js";
import type { CallerView } from "../../shared/dashboard/callers.ts";
import { api } from "../api.ts";
import { useSession } from "../session.tsx";
import ConfirmDialog from "../ui/confirm.tsx";
import { count } from "../ui/format.ts";
import { sayDone } from "../ui/toast.ts";

export type Second =
  | { readonly kind: "disable" }
  | { readonly kind: "revoke_client"; readonly client: string }
  | { readonly kind: "revoke_pool"; readonly pool: string };

interface Words {
  readonly title: string;
  readonly consequence: string;
  readonly deed: string;
  readonly refrain: string;
  readonly done: string;
}

/** Pure: what is said before and after. */
export function wordsOf(asked: Second, caller: Pick<CallerView, "login" | "clients">): Words {
  const { login } = caller;
  const live = caller.clients.filter(({ createdAt }) => createdAt !== null).length;
  switch (asked.kind) {
    case "disable":
      return {
        title: `Disable ${login}?`,
        consequence: `${live === 1 ? "The one client" : `All ${count(live)} clients`} and every session of ${login} stop working at once, and a new login opens nothing until you enable ${login} again.`,
        deed: `Disable ${login}`,
        refrain: "Leave it",
        done: `${login} is disabled`,
      };
    case "revoke_client":
      return {
        title: `Revoke ${login}/${asked.client}?`,
        consequence: `The token of this client stops working at once. ${login} gets another with octopool login.`,
        deed: `Revoke ${asked.client}`,
        refrain: "Keep it",
        done: `${login}/${asked.client} is revoked`,
      };
    case "revoke_pool":
      return {
        title: `Take ${asked.pool} from ${login}?`,
        consequence: `Every client of ${login} is refused in ${asked.pool} at once, also after a new login, until it is granted again.`,
        deed: `Revoke ${asked.pool}`,
        refrain: "Keep it",
        done: `${login} may not use ${asked.pool} any more`,
      };
    default:
      return asked satisfies never;
  }
}

export default function SecondStep(props: {
  caller: CallerView;
  asked: Second;
  onDone: () => void;
  onClose: () => void;
}): JSX.Element {
  const { pool } = useSession();
  const words = () => wordsOf(props.asked, props.caller);
  const act = async () => {
    const { done } = words();
    await change({ pool: pool(), callerId: props.caller.id }, props.asked);
    sayDone(done);
    props.onDone();
  };
  return (
    <ConfirmDialog
      title={words().title}
      consequence={words().consequence}
      deed={words().deed}
      refrain={words().refrain}
      onConfirm={() => act()}
      onClose={() => props.onClose()}
    />
  );
}

function change(whom: { readonly pool: string; readonly callerId: string }, asked: Second): Promise<void> {
  switch (asked.kind) {
    case "disable":
      return api.callers.disable.mutate(whom);
    case "revoke_client":
      return api.callers.revokeClient.mutate({ ...whom, clientName: asked.client });
    case "revoke_pool":
      return api.callers.setGrant.mutate({ ...whom, grantPool: asked.pool, granted: false });
    default:
      return asked satisfies never;
  }
}
