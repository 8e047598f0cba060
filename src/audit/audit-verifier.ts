import { Injectable } from '@nestjs/common';
import { constantTimeEqual } from '../common/constant-time.js';
import { AuditChain, type BrokenLink, CHAIN_START, type LinkBefore } from './audit-chain.js';
import { AuditRepository } from './audit.repository.js';

const PAGE = 1_000;

/** A link that someone kept elsewhere, to show that what came before it is still what it was. */
export interface AuditAnchor {
  readonly sequence: number;
  /** In hexadecimal. */
  readonly mac: string;
}

/** What a verification found. */
export interface AuditVerification {
  readonly intact: boolean;
  /** Entries whose link was checked and holds. */
  readonly verified: number;
  /** The last link: kept elsewhere, it shows later that nothing was cut off. */
  readonly head: AuditAnchor;
  /** The first entry that does not hold, and why. `cut_off`: the log ends before its head or the anchor. */
  readonly broken?: {
    readonly sequence: number;
    readonly problem: BrokenLink | 'cut_off' | 'anchor_differs';
  };
}

/** Follows the audit log's chain from its beginning. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly repository: AuditRepository,
    private readonly chain: AuditChain,
  ) {}

  /** @param onProgress is told how far it is, 0 to 1 */
  async verify(
    anchor?: AuditAnchor,
    onProgress: (progress: number) => void = () => undefined,
  ): Promise<AuditVerification> {
    // What is appended meanwhile is not waited for: the log is checked up to where it is now.
    const head = await this.repository.head();
    const upTo = { sequence: head.sequence, mac: head.mac.toString('hex') };
    let last = CHAIN_START;
    const result = (problem?: BrokenLink | 'cut_off' | 'anchor_differs'): AuditVerification => ({
      intact: problem === undefined,
      verified: last.sequence,
      head: upTo,
      ...(problem && {
        broken: { sequence: last.sequence + (problem === 'anchor_differs' ? 0 : 1), problem },
      }),
    });
    for await (const links of this.pages(head.sequence)) {
      for (const link of links) {
        const problem = this.chain.check(last, link);
        if (problem) return result(problem);
        last = link;
        if (anchor?.sequence === link.sequence && anchor.mac !== link.mac.toString('hex'))
          return result('anchor_differs');
      }
      onProgress(last.sequence / head.sequence);
    }
    return result(isCutOff(last, head, anchor) ? 'cut_off' : undefined);
  }

  private async *pages(upTo: number) {
    for (let after = 0; after < upTo;) {
      const links = await this.repository.linksAfter(after, PAGE);
      const wanted = links.filter(({ sequence }) => sequence <= upTo);
      if (wanted.length > 0) yield wanted;
      if (wanted.length < PAGE) return;
      after = wanted.at(-1)?.sequence ?? upTo;
    }
  }
}

function isCutOff(last: LinkBefore, head: LinkBefore, anchor?: AuditAnchor): boolean {
  const isAtHead = last.sequence === head.sequence && constantTimeEqual(last.mac, head.mac);
  return !isAtHead || (anchor !== undefined && anchor.sequence > last.sequence);
}
