import { Inject, Injectable } from '@nestjs/common';
import { openIdConfig, type OpenIdSettings } from '../config/openid.config.js';
import { type Transaction } from '../database/sql-session.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { TokenFamilyRepository } from '../tokens/families/token-family.repository.js';
import { RevocationService } from './revocation.service.js';

const CAUSE = { reason: 'logout', initiator: 'user' } as const;

/**
 * Signs people out: ends a browser session, and with it the families that began there, save those with
 * `offline_access` and unless `LOGOUT_REVOKES_TOKENS` is off. Clients are told by the notices that the session's end
 * leaves. All of it is one transaction.
 */
@Injectable()
export class SessionEndService {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly families: TokenFamilyRepository,
    private readonly revocation: RevocationService,
    @Inject(openIdConfig.KEY) private readonly settings: OpenIdSettings,
  ) {}

  /** @returns whether there was such a session */
  async end(transaction: Transaction, sessionId: string): Promise<boolean> {
    // First: it locks the session, so that no family begins in it any more.
    const wasThere = await this.sessions.endById(transaction, sessionId);
    if (!this.settings.logoutRevokesTokens) return wasThere;
    for (const id of await this.families.findLiveInBrowserSession(transaction, sessionId)) {
      await this.revocation.revokeFamily(transaction, id, CAUSE);
    }
    return wasThere;
  }
}
