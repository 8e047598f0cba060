/**
 * What kind of error it is, in a word for `error.type`: an OAuth error's code, a SQLSTATE or a system's code, or
 * the class. Never the message, which may hold values.
 */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { error: oauthCode, code } = error as Error & { error?: unknown; code?: unknown };
  return [oauthCode, code].find((value) => typeof value === 'string') ?? error.name;
}
