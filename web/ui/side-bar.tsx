import { A } from "@solidjs/router";
import { createSignal, For, type JSX, Show } from "solid-js";
import { ROOMS } from "../rooms.ts";
import { useSession } from "../session.tsx";
import { attention } from "./attention.ts";
import { Icon, StandingMark } from "./mark.tsx";
import { nextTheme, setTheme, theme } from "./theme.ts";
import { useRoomHref } from "./url.ts";

const GROUPS = [1, 2, 3] as const;

/** The rooms; on small screens a bar at the top with a menu. */
export function SideBar(): JSX.Element {
  const { me } = useSession();
  const href = useRoomHref();
  const [isOpen, setOpen] = createSignal(false);
  return (
    <aside class="side" aria-label="octopool" data-nav={isOpen() ? "open" : ""}>
      <a class="brand" href="/">
        <Icon name="octo" size={20} />
        octopool
      </a>
      <div class="side-tools">
        <ThemeButton class="btn quiet" />
        <button class="btn" type="button" aria-expanded={isOpen()} onClick={() => setOpen(!isOpen())}>
          <Icon name="menu" size={16} />
          <span class="sr">Menu</span>
        </button>
      </div>
      <nav class="nav" aria-label="Rooms">
        <For each={GROUPS.filter((group) => ROOMS.some((room) => room.group === group))}>
          {(group, index) => (
            <>
              <Show when={index() > 0}>
                <hr />
              </Show>
              <For each={ROOMS.filter((room) => room.group === group)}>
                {(room) => (
                  <A href={href(room.path)} end onClick={() => setOpen(false)}>
                    <Icon name={room.icon} size={16} />
                    {room.name}
                    <Show when={room.path === "/identities" && attention()}>
                      {(one) => (
                        <span class="count" title={`${one().count} of ${one().of} need attention`}>
                          <StandingMark icon="warn" tone="warn" />
                          {one().count}
                        </span>
                      )}
                    </Show>
                  </A>
                )}
              </For>
            </>
          )}
        </For>
      </nav>
      <div class="side-foot">
        <span class="who clip">
          {me().login} <span class="faint">operator</span>
        </span>
        <a class="btn quiet icon" href="/logout" rel="external" aria-label="Sign out" title="Sign out">
          <Icon name="leave" size={16} />
        </a>
        <ThemeButton class="btn quiet icon" />
      </div>
    </aside>
  );
}

const THEME_WORDS = { system: "follows the system", light: "light", dark: "dark" } as const;

function ThemeButton(props: { class: string }): JSX.Element {
  const title = () => `Theme: ${THEME_WORDS[theme()]}. Switch to: ${THEME_WORDS[nextTheme(theme())]}`;
  return (
    <button
      class={props.class}
      type="button"
      aria-label={title()}
      title={title()}
      onClick={() => setTheme(nextTheme(theme()))}
    >
      <Icon name="theme" size={16} />
    </button>
  );
}
