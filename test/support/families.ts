import { type Pool } from 'pg';

/** The id of the family that a refresh token is of. */
export function familyIdOf(refreshToken: string): string {
  const hex = Buffer.from(refreshToken.slice('rgr_'.length), 'base64url').toString('hex', 1, 17);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Lets `seconds` pass for a family: its whole history moves into the past, and its client's and user's with it. */
export async function age(database: Pool, refreshToken: string, seconds: number): Promise<void> {
  await database.query(
    `UPDATE token_family SET
       issued_at = issued_at - make_interval(secs => $2), rotated_at = rotated_at - make_interval(secs => $2),
       last_used_at = last_used_at - make_interval(secs => $2), expires_at = expires_at - make_interval(secs => $2),
       auth_time = auth_time - make_interval(secs => $2), revoked_at = revoked_at - make_interval(secs => $2)
     WHERE id = $1`,
    [familyIdOf(refreshToken), seconds],
  );
  for (const [table, column] of [
    ['client', 'client_id'],
    ['user_account', 'user_id'],
  ]) {
    await database.query(
      `UPDATE ${table} SET tokens_not_before = tokens_not_before - make_interval(secs => $2)
       WHERE id = (SELECT ${column} FROM token_family WHERE id = $1)`,
      [familyIdOf(refreshToken), seconds],
    );
  }
}

export interface FamilyRow {
  readonly id: string;
  readonly generation: number;
  readonly revoked_at: Date | null;
  readonly revocation_reason: string | null;
  readonly expires_at: Date;
  readonly issued_at: Date;
  readonly scopes: string[];
}

export async function familyRow(database: Pool, refreshToken: string): Promise<FamilyRow | undefined> {
  const { rows } = await database.query<FamilyRow>('SELECT * FROM token_family WHERE id = $1', [
    familyIdOf(refreshToken),
  ]);
  return rows[0];
}

/** How many events tell of a family's revocation. */
export async function countEvents(database: Pool, refreshToken: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM revocation_event WHERE session_id = $1',
    [familyIdOf(refreshToken)],
  );
  return rows[0]!.count;
}
