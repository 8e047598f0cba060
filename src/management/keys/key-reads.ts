import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../http/problem.js';
import { type RevokedKey, RevokedKeyRepository } from '../../revocation/keys/revoked-key.repository.js';
import { type ManagedKey, TokenKeyManager } from '../../tokens/keys/token-key.manager.js';
import { decodeCursor, type Page, toPage } from '../http/page.js';
import { type KeyDocument } from './key.documents.js';

const DEFAULT_LIMIT = 50;

/** Shows keys: those in use, and those that were revoked lately. */
@Injectable()
export class KeyReads {
  constructor(
    private readonly keys: TokenKeyManager,
    private readonly revoked: RevokedKeyRepository,
  ) {}

  /** @throws ProblemError 422 for a cursor that is none */
  async list(cursor: string | undefined, limit = DEFAULT_LIMIT): Promise<Page<KeyDocument>> {
    const after = decodeCursor(cursor) ?? '';
    const [keys, revoked] = await Promise.all([this.keys.list(), this.revoked.findAll()]);
    const rows = [...keys.map(keyDocument), ...revoked.map(revokedKeyDocument)]
      .map((document) => ({ document, place: placeOf(document) }))
      .filter(({ place }) => place > after)
      .sort((left, right) => (left.place < right.place ? -1 : 1));
    return toPage(
      rows,
      limit,
      ({ place }) => place,
      ({ document }) => document,
    );
  }

  /** @throws ProblemError 404 */
  async find(kid: string): Promise<KeyDocument> {
    const key = await this.keys.find(kid);
    if (key) return keyDocument(key);
    const revoked = await this.revoked.findByKid(kid);
    if (!revoked) throw ProblemError.notFound('key');
    return revokedKeyDocument(revoked);
  }
}

export function keyDocument(key: ManagedKey): KeyDocument {
  const { kid, algorithm, state, publicJwk, createdAt, activeFrom, retireAt, removeAt } = key;
  return {
    kid,
    algorithm,
    state,
    ...(publicJwk && { public_jwk: publicJwk }),
    created_at: createdAt.toISOString(),
    active_from: activeFrom.toISOString(),
    ...(retireAt && { retire_at: retireAt.toISOString() }),
    ...(removeAt && { remove_at: removeAt.toISOString() }),
  };
}

export function revokedKeyDocument(key: RevokedKey): KeyDocument {
  const { kid, algorithm, createdAt, activeFrom, revokedAt, reason } = key;
  return {
    kid,
    algorithm,
    state: 'revoked',
    created_at: createdAt.toISOString(),
    active_from: activeFrom.toISOString(),
    revoked_at: revokedAt.toISOString(),
    reason,
  };
}

/** Where a key stands in the list. */
function placeOf({ algorithm, active_from, kid }: KeyDocument): string {
  return [algorithm, active_from, kid].join(' ');
}
