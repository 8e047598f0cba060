/** The moment, in milliseconds since the epoch, that a UUIDv7 was made (RFC 9562 §5.7). */
export function uuidTime(uuid: string): number {
  return Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
}
