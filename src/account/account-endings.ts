import { Injectable } from '@nestjs/common';
import { ConsentService } from '../authorization/consents/consent.service.js';
import { Database } from '../database/database.js';
import { PageError } from '../pages/page-error.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { SessionEndService } from '../revocation/session-end.service.js';
import { type BrowserSession } from '../sessions/browser-session.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { FamilyListing } from '../tokens/families/family-listing.js';

const CAUSE = { reason: 'user_request', initiator: 'user' } as const;

/** Ends what somebody sees of themselves. Durable, and known to every replica, when it returns. */
@Injectable()
export class AccountEndings {
  constructor(
    private readonly database: Database,
    private readonly families: FamilyListing,
    private readonly sessions: BrowserSessions,
    private readonly revocation: RevocationService,
    private readonly ends: SessionEndService,
    private readonly consents: ConsentService,
  ) {}

  /** An application's tokens. @throws PageError 404 when they are not theirs */
  async endFamily({ userId }: BrowserSession, familyId: string): Promise<void> {
    const family = await this.families.findById(familyId);
    if (family?.user_id !== userId) throw PageError.notFound();
    await this.database.transaction((transaction) =>
      this.revocation.revokeFamily(transaction, familyId, CAUSE),
    );
  }

  /** A browser, and the applications that stay signed in no longer than it. @throws PageError 404 when it is not theirs */
  async endBrowser({ userId }: BrowserSession, id: string): Promise<void> {
    const browsers = await this.sessions.listByUser(userId);
    if (!browsers.some((browser) => browser.id === id)) throw PageError.notFound();
    await this.database.transaction((transaction) => this.ends.end(transaction, id));
  }

  /** Every token at every client, and every browser, this one too. */
  async endEverything({ userId }: BrowserSession): Promise<void> {
    await this.database.transaction((transaction) => this.revocation.revokeUser(transaction, userId, CAUSE));
  }

  /** What they let a client have, and all its tokens. @throws PageError 404 when there is no such consent */
  async withdrawConsent({ userId }: BrowserSession, clientId: string): Promise<void> {
    const isWithdrawn = await this.database.transaction((transaction) =>
      this.consents.withdraw(transaction, userId, clientId, { ...CAUSE, reason: 'consent_withdrawn' }),
    );
    if (!isWithdrawn) throw PageError.notFound();
  }
}
