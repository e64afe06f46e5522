import { type JSX, lazy, Show, Suspense } from "solid-js";
import { useSession } from "../session.tsx";

const PoolList = lazy(() => import("./pool-list.tsx"));

/** The pool's name; a menu where the operator holds more than one. */
export function PoolMenu(): JSX.Element {
  const { me, pool } = useSession();
  const name = () => <span class="pool is-only mono">{pool()}</span>;
  return (
    <Show when={me().pools.length > 1} fallback={name()}>
      <Suspense fallback={name()}>
        <PoolList />
      </Suspense>
    </Show>
  );
}
