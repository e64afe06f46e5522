import { DropdownMenu } from "@kobalte/core/dropdown-menu";
import { For, type JSX } from "solid-js";
import { useSession } from "../session.tsx";
import { Icon } from "./mark.tsx";
import { useUrlState } from "./url.ts";
import "./menu.css";

/** The pool looked at, and the others that the operator holds. Loaded where there are others. */
export default function PoolList(): JSX.Element {
  const { me, pool } = useSession();
  const url = useUrlState();
  return (
    <DropdownMenu modal={false} gutter={4}>
      <DropdownMenu.Trigger class="pool" aria-label={`Pool: ${pool()}`}>
        <span class="mono">{pool()}</span>
        <Icon name="chev" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu">
          <DropdownMenu.RadioGroup value={pool()} onChange={(next) => url.set({ pool: next })}>
            <For each={me().pools}>
              {(each) => (
                <DropdownMenu.RadioItem class="menu-item mono" value={each}>
                  <span class="menu-tick">
                    <DropdownMenu.ItemIndicator>
                      <svg class="g" aria-hidden="true">
                        <use href="#s-ok" />
                      </svg>
                    </DropdownMenu.ItemIndicator>
                  </span>
                  {each}
                </DropdownMenu.RadioItem>
              )}
            </For>
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  );
}
