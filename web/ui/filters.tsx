/** The bar of filters above a list: text, what is filtered by, and what could be. Their state is the address. */
import { DropdownMenu } from "@kobalte/core/dropdown-menu";
import { createEffect, createSignal, For, type JSX, on, onCleanup, Show, untrack } from "solid-js";
import { Icon } from "./mark.tsx";
import { useUrlState } from "./url.ts";
import "./menu.css";

export interface FilterOption {
  readonly value: string;
  /** The value itself unless said. */
  readonly label?: string;
}

export interface FilterField {
  /** Of the address. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly FilterOption[];
}

export function FilterBar(props: {
  fields: readonly FilterField[];
  /** Text is filtered by this parameter of the address; undefined: no text. */
  search?: { readonly name: string; readonly placeholder: string };
  /** How many rows there are, in words. */
  count?: JSX.Element;
  /** Such as an export. */
  tools?: JSX.Element;
}): JSX.Element {
  const url = useUrlState();
  const active = () => props.fields.filter((field) => url.get(field.name) !== undefined);
  const labelOf = (field: FilterField) => {
    const value = url.get(field.name) ?? "";
    return field.options.find((option) => option.value === value)?.label ?? value;
  };
  return (
    <search class="filters">
      <Show when={props.search}>
        {(search) => <SearchBox name={search().name} placeholder={search().placeholder} />}
      </Show>
      <For each={active()}>
        {(field) => (
          <span class="chip on">
            <span>{field.label}</span>
            <b class="clip">{labelOf(field)}</b>
            <button
              type="button"
              aria-label={`Remove filter ${field.label} ${labelOf(field)}`}
              onClick={() => url.set({ [field.name]: undefined })}
            >
              <Icon name="x" />
            </button>
          </span>
        )}
      </For>
      <Show when={props.fields.length > 0}>
        <FieldMenu fields={props.fields} onChoose={(name, value) => url.set({ [name]: value })} />
      </Show>
      <Show when={props.count}>
        <span class="faint nowrap">{props.count}</span>
      </Show>
      <Show when={props.tools}>
        <span class="filter-tools">{props.tools}</span>
      </Show>
    </search>
  );
}

function FieldMenu(props: {
  fields: readonly FilterField[];
  onChoose: (name: string, value: string) => void;
}): JSX.Element {
  return (
    <DropdownMenu modal={false} gutter={4}>
      <DropdownMenu.Trigger class="chip add">
        <Icon name="plus" />
        Filter
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu">
          <For each={props.fields}>
            {(field) => (
              <DropdownMenu.Sub gutter={4} overlap overflowPadding={8}>
                <DropdownMenu.SubTrigger class="menu-item" disabled={field.options.length === 0}>
                  {field.label}
                  <span class="menu-more">
                    <Icon name="chev" />
                  </span>
                </DropdownMenu.SubTrigger>
                <DropdownMenu.Portal>
                  <DropdownMenu.SubContent class="menu">
                    <For each={field.options}>
                      {(option) => (
                        <DropdownMenu.Item class="menu-item" onSelect={() => props.onChoose(field.name, option.value)}>
                          {option.label ?? option.value}
                        </DropdownMenu.Item>
                      )}
                    </For>
                  </DropdownMenu.SubContent>
                </DropdownMenu.Portal>
              </DropdownMenu.Sub>
            )}
          </For>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  );
}

/** How long somebody must stop typing before the address, and with it the list, changes. */
const TYPING_MS = 250;

/** Text in the address; `/` focuses it. */
export function SearchBox(props: { name: string; placeholder: string }): JSX.Element {
  const url = useUrlState();
  const inAddress = () => url.get(props.name) ?? "";
  const [text, setText] = createSignal(untrack(inAddress));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = (value: string) => {
    clearTimeout(timer);
    url.set({ [props.name]: value.trim() === "" ? undefined : value.trim() }, { replace: true });
  };
  // The address may change by itself: back, a link, Clear filters.
  createEffect(on(inAddress, (value) => value !== text().trim() && setText(value), { defer: true }));
  onCleanup(() => clearTimeout(timer));
  return (
    <label class="search">
      <Icon name="search" />
      <span class="sr">{props.placeholder}</span>
      <input
        type="search"
        data-filter
        placeholder={props.placeholder}
        value={text()}
        onInput={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          clearTimeout(timer);
          timer = setTimeout(() => settle(value), TYPING_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") settle(text());
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}
