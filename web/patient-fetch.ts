/**
 * fetch that outlasts a restart of the server: where no answer came at all it asks again, three times within four
 * seconds. Safe for changes too: each says what shall be, so that said twice it is no different.
 */
const WAITS_MS = [300, 1_000, 2_500] as const;

export async function fetchPatiently(url: string, options: RequestInit): Promise<Response> {
  for (const wait of WAITS_MS) {
    try {
      return await fetch(url, options);
    } catch (error) {
      // A TypeError is how fetch says that there was no answer; an abort is somebody's wish.
      if (!(error instanceof TypeError) || options.signal?.aborted === true) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return fetch(url, options);
}
