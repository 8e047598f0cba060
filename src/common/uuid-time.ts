/** The moment, in milliseconds since the epoch, that a UUIDv7 was made (RFC 9562 §5.7). */
export function uuidTime(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16) * 2 ** 16 + Number.parseInt(uuid.slice(9, 13), 16);
}

/** What no UUIDv7 made at or after a moment (milliseconds since the epoch) is below, and every earlier one is. */
export function lowestUuidAt(moment: number): string {
  const hex = Math.max(0, Math.trunc(moment)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
