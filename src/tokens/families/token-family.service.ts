import { Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { constantTimeEqual } from '../../common/constant-time.js';
import { RandomSource } from '../../common/random-source.js';
import { type SqlSession } from '../../database/sql-session.js';
import { KeyRing } from '../../key-ring/key-ring.js';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  hashOf,
  REFRESH_TOKEN_SECRET_BYTES,
  type RefreshToken,
} from './refresh-token.js';
import { FamilyStateReader } from './family-state.reader.js';
import { type FamilyState, type TokenFamily } from './token-family.js';
import { TokenFamilyRepository } from './token-family.repository.js';

/** What a user granted a client, for a family to begin with. */
export interface FamilyGrant {
  readonly client: Client;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly acr?: string;
  /** Thumbprint of the DPoP key to bind the refresh token to. */
  readonly jkt?: string;
  /** The browser session that it was granted in. */
  readonly browserSessionId?: string;
  /** Whether `offline_access` was granted: the family outlives the browser session. */
  readonly offline?: boolean;
  /** What the person signed in with, as it calls itself; cut to what is kept. */
  readonly userAgent?: string;
  /** Where they signed in from. */
  readonly address?: string;
}

/** In characters: what comes after tells devices apart no better. */
const LONGEST_USER_AGENT = 500;

/** Begins token families, and finds them by their refresh tokens. */
@Injectable()
export class TokenFamilyService {
  constructor(
    private readonly repository: TokenFamilyRepository,
    private readonly states: FamilyStateReader,
    private readonly keys: KeyRing,
    private readonly random: RandomSource,
  ) {}

  /** Begins a family. @returns it with its first refresh token */
  async begin(
    session: SqlSession,
    grant: FamilyGrant,
  ): Promise<{ family: TokenFamily; refreshToken: string }> {
    const { client, ...granted } = grant;
    const first: RefreshToken = {
      keyVersion: this.keys.activeVersion,
      familyId: this.random.uuid(),
      generation: 0,
      secret: this.random.bytes(REFRESH_TOKEN_SECRET_BYTES),
    };
    const { refreshTokenLifetime, absoluteLifetime } = client.policy;
    const family = await this.repository.insert(session, {
      ...granted,
      id: first.familyId,
      clientId: client.id,
      keyVersion: first.keyVersion,
      tokenHash: hashOf(first),
      userAgent: granted.userAgent?.slice(0, LONGEST_USER_AGENT),
      lifetime: Math.min(refreshTokenLifetime, absoluteLifetime || Infinity),
    });
    return { family, refreshToken: encodeRefreshToken(this.keys, first) };
  }

  /** The id of the family of a genuine refresh token of any generation; nothing is said of its state. */
  idOf(presented: string): string | undefined {
    return decodeRefreshToken(this.keys, presented)?.familyId;
  }

  /** A family, dead or alive. */
  findById(familyId: string): Promise<FamilyState | undefined> {
    return this.states.find(familyId);
  }

  /** The family whose refresh token this is now, if it is alive and could be refreshed by its client. */
  async findCurrent(presented: string): Promise<FamilyState | undefined> {
    const token = decodeRefreshToken(this.keys, presented);
    const family = token && (await this.states.find(token.familyId));
    if (!token || !family || !isAlive(family)) return undefined;
    const isCurrent =
      token.generation === family.generation && constantTimeEqual(hashOf(token), family.token_hash);
    return isCurrent ? family : undefined;
  }
}

function isAlive(family: FamilyState): boolean {
  return family.client_live && family.user_live && !family.revoked_at && family.expires_at > family.now;
}
