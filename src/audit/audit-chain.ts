import { Injectable } from '@nestjs/common';
import { constantTimeEqual } from '../common/constant-time.js';
import { KeyRing } from '../key-ring/key-ring.js';

/** One link: the entry's text and the MAC over it and the link before. */
export interface AuditLink {
  readonly sequence: number;
  readonly document: string;
  readonly keyVersion: number;
  readonly mac: Buffer;
}

/** What a link must follow. */
export type LinkBefore = Pick<AuditLink, 'sequence' | 'mac'>;

/** Before the first link. */
export const CHAIN_START: LinkBefore = { sequence: 0, mac: Buffer.alloc(0) };

/** Why a link does not hold. `unknown_key`: the environment has not the key that it was made with. */
export type BrokenLink = 'missing_entry' | 'unknown_key' | 'changed_entry';

/**
 * Links the audit log's entries: each MAC covers the MAC before it, under a key from the environment, so that
 * whoever has only the database can't make a link.
 */
@Injectable()
export class AuditChain {
  constructor(private readonly keys: KeyRing) {}

  link(before: LinkBefore, document: string): AuditLink {
    const sequence = before.sequence + 1;
    const keyVersion = this.keys.activeVersion;
    return { sequence, document, keyVersion, mac: this.mac(keyVersion, before, sequence, document) };
  }

  /** @returns `undefined` where the link holds */
  check(before: LinkBefore, link: AuditLink): BrokenLink | undefined {
    if (link.sequence !== before.sequence + 1) return 'missing_entry';
    if (!this.keys.knows(link.keyVersion)) return 'unknown_key';
    const mac = this.mac(link.keyVersion, before, link.sequence, link.document);
    return constantTimeEqual(mac, link.mac) ? undefined : 'changed_entry';
  }

  private mac(version: number, before: LinkBefore, sequence: number, document: string): Buffer {
    return this.keys.mac('audit-chain', version, before.mac, `${sequence}\0`, document);
  }
}
