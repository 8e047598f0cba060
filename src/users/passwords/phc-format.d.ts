declare module '@phc/format' {
  interface PhcString {
    readonly id: string;
    readonly version?: number;
    /** Decimal values as numbers. */
    readonly params?: Readonly<Record<string, number | string>>;
    readonly salt?: Buffer;
    readonly hash?: Buffer;
  }

  /** @throws TypeError when it is malformed; the message may quote it */
  export function deserialize(phc: string): PhcString;
}
