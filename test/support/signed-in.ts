import { randomUUID } from 'node:crypto';
import { ClientDirectory } from '../../src/clients/client-directory.js';
import { ScopeSet } from '../../src/common/scope-set.js';
import { type TokenResponse } from '../../src/grants/grant-strategy.js';
import { TokenIssuer } from '../../src/grants/token-issuer.js';
import { FormBrowser } from './browser.js';
import { createUser, type TestApp } from './test-app.js';

const PASSWORD = 'correct horse battery';

/** Somebody with a browser that is signed in, and clients that got tokens in its session. */
export class SignedInPerson {
  private constructor(
    private readonly service: TestApp,
    readonly userId: string,
    readonly sessionId: string,
    readonly browser: FormBrowser,
  ) {}

  static async at(service: TestApp): Promise<SignedInPerson> {
    const username = `person-${randomUUID()}`;
    const userId = await createUser(service, username, PASSWORD);
    const browser = new FormBrowser(service.url);
    const { headers } = await browser.get('/sign-in');
    await browser.submit(await browser.get(headers.location as string), { username, password: PASSWORD });
    const { rows } = await service.database.pool.query<{ id: string }>(
      'SELECT id FROM browser_session WHERE user_id = $1',
      [userId],
    );
    return new SignedInPerson(service, userId, rows[0]!.id, browser);
  }

  /** What a client gets that the person lets in, in this session. */
  async tokensFor(clientId: string, scopes: readonly string[] = ['openid']): Promise<TokenResponse> {
    const { response } = await this.service.app.get(TokenIssuer).issueToUser({
      client: (await this.service.app.get(ClientDirectory).find(clientId))!,
      userId: this.userId,
      scopes: ScopeSet.of(scopes),
      audiences: [],
      authTime: new Date(),
      amr: ['pwd'],
      browserSessionId: this.sessionId,
      offline: scopes.includes('offline_access'),
    });
    return response;
  }

  async isSignedIn(): Promise<boolean> {
    const { rows } = await this.service.database.pool.query('SELECT 1 FROM browser_session WHERE id = $1', [
      this.sessionId,
    ]);
    return rows.length === 1;
  }
}
