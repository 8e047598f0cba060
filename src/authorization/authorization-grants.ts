import { Injectable } from '@nestjs/common';
import { ScopeSet } from '../common/scope-set.js';
import { Database } from '../database/database.js';
import { UserScopes } from '../roles/user-scopes.js';
import { type BrowserSession } from '../sessions/browser-session.js';
import { AuthorizationCodes } from './codes/authorization-codes.js';
import { ConsentService } from './consents/consent.service.js';
import { type ReceivedRequest } from './request/authorization-requests.js';

/** What a person lets a client have, written down: for the next time, and for the client to come for. */
@Injectable()
export class AuthorizationGrants {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentService,
    private readonly codes: AuthorizationCodes,
    private readonly userScopes: UserScopes,
  ) {}

  /** The request less what is not the person's to give: scopes of the management API that no role of theirs has. */
  async within(received: ReceivedRequest, userId: string): Promise<ReceivedRequest> {
    const { client, request } = received;
    const scopes = ScopeSet.of(request.scopes).intersect(client.scopes);
    const { values } = await this.userScopes.within(scopes, userId);
    return { client, request: { ...request, scopes: values } };
  }

  /** Has the person not be asked for it again. */
  remember(userId: string, { request }: ReceivedRequest): Promise<void> {
    return this.database.transaction((transaction) => this.consents.grant(transaction, userId, request));
  }

  /** @returns the code for the client */
  issueCode({ request }: ReceivedRequest, session: BrowserSession, address: string): Promise<string> {
    const { userId, authTime, amr, acr, userAgent } = session;
    return this.codes.issue({
      ...request,
      userId,
      authTime,
      amr,
      acr,
      userAgent,
      address,
      browserSessionId: session.id,
    });
  }
}
