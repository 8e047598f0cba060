import { ClientDirectory } from '../../src/clients/client-directory.js';
import { Database } from '../../src/database/database.js';
import { TokenFamilyService } from '../../src/tokens/families/token-family.service.js';
import { UserService } from '../../src/users/user.service.js';
import { DEMO, refresh } from './oauth.js';
import { type TestApp } from './test-app.js';

/** Begins sessions of the demo user, without the work of so many sign-ins. @returns their refresh tokens */
export async function beginFamilies({ app }: TestApp, count: number): Promise<string[]> {
  const client = (await app.get(ClientDirectory).find(DEMO.id))!;
  const { id: userId } = (await app.get(UserService).findByUsername('john'))!;
  const grant = { client, userId, scopes: ['profile'], audiences: [], authTime: new Date(), amr: ['pwd'] };
  const families = app.get(TokenFamilyService);
  const begun = Array.from({ length: count }, () => families.begin(app.get(Database), grant));
  return (await Promise.all(begun)).map(({ refreshToken }) => refreshToken);
}

/** Rotates as sessions refresh in life: in no order, and each one not before it has got its answer. */
export async function rotateAtRandom(
  { url }: TestApp,
  refreshTokens: readonly string[],
  rotations: number,
  connections: number,
): Promise<void> {
  const tokens = [...refreshTokens];
  let turns = rotations;
  const takeTurns = async () => {
    while (turns-- > 0) {
      const [token] = tokens.splice(Math.floor(Math.random() * tokens.length), 1);
      const { status, body } = await refresh(url, token!);
      if (status !== 200) throw new Error(`refused: ${JSON.stringify(body)}`);
      tokens.push(body.refresh_token!);
    }
  };
  await Promise.all(Array.from({ length: connections }, takeTurns));
}
