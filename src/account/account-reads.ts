import { Injectable } from '@nestjs/common';
import { ConsentService } from '../authorization/consents/consent.service.js';
import { ClientDirectory } from '../clients/client-directory.js';
import {
  type AccountApplication,
  type AccountBrowser,
  type AccountConsent,
  type AccountModel,
} from '../pages/page-models.js';
import { type BrowserSession } from '../sessions/browser-session.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { FamilyListing } from '../tokens/families/family-listing.js';
import { type ListedFamily } from '../tokens/families/listed-family.js';
import { deviceName } from './device-name.js';

/** Applications on one page. */
const PAGE_SIZE = 50;

/** What a person sees of themselves. */
export type AccountView = Pick<AccountModel, 'browsers' | 'applications' | 'consents'> & {
  /** The family to go on below, where there are older ones. */
  readonly next?: string;
};

/** Reads where somebody is signed in, and what they let clients have. */
@Injectable()
export class AccountReads {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly families: FamilyListing,
    private readonly consents: ConsentService,
    private readonly clients: ClientDirectory,
  ) {}

  /** @param below the `next` of the page before */
  async view(session: BrowserSession, below?: string): Promise<AccountView> {
    const { userId } = session;
    const [browsers, page, consents] = await Promise.all([
      this.sessions.listByUser(userId),
      this.families.list({ userId, status: 'live' }, PAGE_SIZE, below),
      this.consentsOf(userId),
    ]);
    return {
      browsers: browsers.map((browser) => browserOf(browser, session.id)),
      applications: page.families.map(applicationOf),
      consents,
      next: page.next,
    };
  }

  private async consentsOf(userId: string): Promise<AccountConsent[]> {
    const consents = await this.consents.listByUser(userId);
    return Promise.all(
      consents.map(async ({ client_id: clientId, scopes, granted_at: since }) => {
        const client = await this.clients.find(clientId);
        return { clientId, clientName: client?.name ?? clientId, scopes, since };
      }),
    );
  }
}

function browserOf(session: BrowserSession, thisId: string): AccountBrowser {
  const { id, userAgent, address, authTime: since, lastSeenAt } = session;
  return { id, isThis: id === thisId, device: deviceName(userAgent), address, since, lastSeenAt };
}

function applicationOf(family: ListedFamily): AccountApplication {
  const { rotated_at: rotatedAt, last_used_at: lastUsedAt, issued_at: since } = family;
  const uses = [since, rotatedAt, lastUsedAt].filter((time) => time !== null);
  return {
    familyId: family.id,
    clientName: family.client_name ?? family.client_id,
    device: deviceName(family.user_agent),
    signedInAddress: family.signed_in_address ?? undefined,
    lastUsedAddress: family.last_used_address ?? undefined,
    since,
    lastUsedAt: new Date(Math.max(...uses.map((time) => time.getTime()))),
    scopes: family.scopes,
    isOffline: family.offline,
  };
}
