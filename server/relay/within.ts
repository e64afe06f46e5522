/** Waiting for what may be late or fail, where either means the same as no answer. */

/** Undefined where `work` throws or rejects. */
export async function settled<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined; // whatever it was: the caller goes on without
  }
}

/** Undefined after `ms`. @param tooLate gets what came after all, to be let go of. */
export async function within<T>(work: Promise<T>, ms: number, tooLate?: (value: T) => void): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const end = new Promise<undefined>((resolve) => {
    timer = setTimeout(
      () => {
        over = true;
        resolve(undefined);
      },
      Math.max(0, ms),
    );
  });
  const came = work.then((value) => {
    if (over) tooLate?.(value);
    return value;
  });
  try {
    return await Promise.race([came, end]);
  } finally {
    clearTimeout(timer);
  }
}
