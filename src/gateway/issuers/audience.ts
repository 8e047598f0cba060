/** Whether an access token with this `aud` is meant for a route: one of the route's audiences is enough, and no audience is any. */
export function isMeantFor(
  audiences: readonly string[],
  aud: string | readonly string[] | undefined,
): boolean {
  return audiences.length === 0 || [aud ?? []].flat().some((one) => audiences.includes(one));
}
