/** Stands for an answer that did not come in time. */
export const late: unique symbol = Symbol("late");

/** What the work comes to, or `late`. Work that is late goes on unheard; also its failure then is nobody's. */
export async function inTime<T>(work: () => Promise<T>, timeoutMs: number): Promise<T | typeof late> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), timeoutMs);
  });
  try {
    return await Promise.race([work(), over]);
  } finally {
    clearTimeout(timer);
  }
}
