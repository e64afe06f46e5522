/** A request's URL in its parts, as the doors look at them. */
import { isLocalHost } from "./origin.ts";

export interface Address extends Pick<URL, "href" | "protocol" | "host" | "origin" | "pathname" | "search"> {
  /** Names this machine: plain http is allowed. */
  readonly isLocal: boolean;
}

/** Nearly every request of an isolate asks for the same URL, so the last one is kept in its parts; never with a query. */
export class Addresses {
  #text: string | undefined;
  #last: Address | undefined;

  /** @throws TypeError where it is no URL: the platform gives none such. */
  read(text: string): Address {
    if (this.#last !== undefined && this.#text === text) return this.#last;
    const { href, protocol, host, hostname, origin, pathname, search } = new URL(text);
    const address = { href, protocol, host, origin, pathname, search, isLocal: isLocalHost(hostname) };
    // A query may hold a sign-in's code.
    if (search !== "") return address;
    this.#text = text;
    this.#last = address;
    return address;
  }
}
