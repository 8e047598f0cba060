/**
 * Does work under a signal that is aborted when `signal` is, or when the time is over.
 *
 * `AbortSignal.any([signal, AbortSignal.timeout(...)])` would be shorter, but nothing holds on to its time-out: once that
 * is collected as garbage (Node.js 20), it never fires.
 *
 * @param limit milliseconds
 */
export async function withTimeLimit<Result>(
  limit: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const expiry = new AbortController();
  const timer = setTimeout(() => {
    expiry.abort(new DOMException('the time is over', 'TimeoutError'));
  }, limit);
  try {
    return await work(AbortSignal.any([signal, expiry.signal]));
  } finally {
    clearTimeout(timer);
  }
}
