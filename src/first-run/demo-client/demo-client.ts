import { Injectable } from '@nestjs/common';
import { type FormParameters } from '../../common/form-parameters.js';
import { type DemoModel } from '../../pages/page-models.js';
import { type DemoSession } from './demo-sessions.js';
import { RelyingParty, type Tokens } from './relying-party.js';

/** What the page shows of the tokens. */
type ShownTokens = NonNullable<DemoModel['tokens']>;

/** What the buttons of the demo page do. */
@Injectable()
export class DemoClient {
  constructor(private readonly party: RelyingParty) {}

  /** @returns the OAuth error that the server answered, if any */
  async act(session: DemoSession, form: FormParameters): Promise<string | undefined> {
    const { tokens, spent } = session;
    if (!tokens?.refresh_token) return undefined;
    try {
      if (form.optional('act') === 'revoke') await this.party.revoke(tokens.refresh_token);
      else if (form.optional('act') === 'replay') await this.party.refresh(spent[0] ?? tokens.refresh_token);
      else await this.renew(session, tokens.refresh_token);
      return undefined;
    } catch (error) {
      return describe(error);
    }
  }

  shown({ tokens, spent }: DemoSession): ShownTokens | undefined {
    if (!tokens) return undefined;
    return {
      accessToken: tokens.access_token,
      accessTokenClaims: claimsIn(tokens.access_token),
      idTokenClaims: JSON.stringify(tokens.claims() ?? {}, null, 2),
      refreshToken: tokens.refresh_token,
      refreshes: spent.length,
    };
  }

  private async renew(session: DemoSession, refreshToken: string): Promise<void> {
    const renewed = await this.party.refresh(refreshToken);
    session.spent.push(refreshToken);
    session.tokens = renewed;
  }
}

/** What openid-client says of a failure, in the words of OAuth where the server has some. */
export function describe(error: unknown): string {
  const { error: code, error_description: description } = error as Partial<Record<string, unknown>>;
  if (typeof code === 'string') return typeof description === 'string' ? `${code}: ${description}` : code;
  return error instanceof Error ? error.message : String(error);
}

function claimsIn(jwt: Tokens['access_token']): string {
  const [, payload = ''] = jwt.split('.');
  try {
    return JSON.stringify(JSON.parse(Buffer.from(payload, 'base64url').toString()), null, 2);
  } catch {
    return '';
  }
}
