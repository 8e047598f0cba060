import { Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { KeyRing } from '../../key-ring/key-ring.js';
import { FamilyStateReader } from './family-state.reader.js';
import { judgePresentation, ruleFor } from './judge-presentation.js';
import { presentationOf } from './presentation.js';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  hashOf,
  type RefreshToken,
  successorOf,
} from './refresh-token.js';
import { RotationBatcher } from './rotation-batcher.js';
import { type FamilyState, type Refusal, type TokenFamily } from './token-family.js';
import { type RotationMember, TokenFamilyRepository } from './token-family.repository.js';

/** What a refresh request asks for, besides the token. */
export interface RefreshRequest {
  readonly client: Client;
  readonly jkt?: string;
  readonly scopes?: readonly string[];
  readonly audiences?: readonly string[];
  /** Where it comes from. */
  readonly address?: string;
  /** Whether nobody waits for the answer any more. */
  readonly isAbandoned?: () => boolean;
}

export interface Accepted {
  /** `rotated`: a new token; `retried`: the same new token again; `reused`: the same token, rotation off. */
  readonly outcome: 'rotated' | 'retried' | 'reused';
  readonly family: TokenFamily;
  readonly refreshToken: string;
}

export interface Refused {
  readonly outcome: 'refused';
  readonly refusal: Refusal;
  readonly familyId?: string;
}

/** Seconds between two marks of use on a family that doesn't rotate. */
const USE_MARK_INTERVAL = 3_600;
/** A family that rotates can't stay `current` under a failed rotation, unless it changed in between. */
const ATTEMPTS = 3;

/** Takes refresh tokens: rotates them, answers retries, and refuses the rest. */
@Injectable()
export class RotationService {
  constructor(
    private readonly database: Database,
    private readonly repository: TokenFamilyRepository,
    private readonly batcher: RotationBatcher,
    private readonly states: FamilyStateReader,
    private readonly keys: KeyRing,
  ) {}

  /**
   * Takes a refresh token and answers what is to follow it (RFC 6749 §6).
   *
   * Of any number of concurrent presentations, on any number of replicas, one rotates; the others get the
   * same successor inside grace, or a refusal. A refusal changes nothing: what a replay brings about is the
   * caller's.
   *
   * @param transaction given where the rotation is part of one; otherwise it shares a statement with others
   * @throws when Postgres does not answer: nothing is known then, and the client may retry
   */
  async present(
    presented: string,
    request: RefreshRequest,
    transaction?: Transaction,
  ): Promise<Accepted | Refused> {
    const token = decodeRefreshToken(this.keys, presented);
    if (!token) return { outcome: 'refused', refusal: 'malformed' };
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const mayRotate = request.client.policy.rotation && asksForNoMoreThanRegistered(request);
      const rotated = mayRotate ? await this.rotate(token, request, transaction) : undefined;
      const result = rotated ?? (await this.judge(presented, token, request, transaction));
      if (result) return result;
    }
    throw new UnsettledFamilyError(token.familyId);
  }

  /** @returns `undefined` when the statement's condition did not hold */
  private async rotate(
    token: RefreshToken,
    request: RefreshRequest,
    transaction?: Transaction,
  ): Promise<Accepted | undefined> {
    const successor = successorOf(this.keys, token, this.keys.activeVersion);
    const member = asMember(token, successor, request);
    const family = transaction
      ? (await this.repository.rotate(transaction, [member]))[0]
      : await this.batcher.rotate(member, request.isAbandoned);
    return family && { outcome: 'rotated', family, refreshToken: encodeRefreshToken(this.keys, successor) };
  }

  /** @returns `undefined` when the token may rotate after all, but lost a race: to be tried anew */
  private async judge(
    presented: string,
    token: RefreshToken,
    request: RefreshRequest,
    transaction?: Transaction,
  ): Promise<Accepted | Refused | undefined> {
    const family = await this.find(token.familyId, transaction);
    if (!family) return { outcome: 'refused', refusal: 'unknown', familyId: token.familyId };
    const successor = successorOf(this.keys, token, family.key_version);
    const presentation = presentationOf(token, successor, { ...request, clientId: request.client.id });
    const rule = ruleFor(request.client, this.database.outages.last);
    const verdict = judgePresentation(family, presentation, rule);
    if (verdict === 'current') {
      const mustRotate = request.client.rotates(family.dpop_jkt !== null);
      return mustRotate
        ? this.rotate(token, request, transaction)
        : this.reuse(presented, family, request, transaction);
    }
    if (verdict === 'predecessor') {
      return { outcome: 'retried', family, refreshToken: encodeRefreshToken(this.keys, successor) };
    }
    return { outcome: 'refused', refusal: verdict, familyId: family.id };
  }

  /** In a transaction by itself, since only that sees what it has done. */
  private async find(familyId: string, transaction?: Transaction): Promise<FamilyState | undefined> {
    if (!transaction) return this.states.find(familyId);
    const [state] = await this.repository.findStates(transaction, [familyId]);
    return state;
  }

  private async reuse(
    presented: string,
    family: FamilyState,
    { address }: RefreshRequest,
    transaction?: Transaction,
  ): Promise<Accepted> {
    if (!isMarkedUsed(family))
      await this.repository.markUsed(transaction ?? this.database, family.id, USE_MARK_INTERVAL, address);
    return { outcome: 'reused', family, refreshToken: presented };
  }
}

function isMarkedUsed({ last_used_at: lastUsed, now }: FamilyState): boolean {
  return lastUsed != null && now.getTime() - lastUsed.getTime() < USE_MARK_INTERVAL * 1000;
}

/** A family kept changing under a refresh: a server fault, which a retry overcomes. */
export class UnsettledFamilyError extends Error {
  override readonly name = 'UnsettledFamilyError';
  /** Read by `isTransientFault`: the SQLSTATE of a serialization failure. */
  readonly code = '40001';

  constructor(familyId: string) {
    super(`token family ${familyId} kept changing`);
  }
}

/** What the client has lost by its registration since the grant is not to be had, and spends nothing. */
function asksForNoMoreThanRegistered({ client, scopes = [], audiences = [] }: RefreshRequest): boolean {
  return (
    scopes.every((scope) => client.scopes.has(scope)) &&
    audiences.every((audience) => client.audiences.includes(audience))
  );
}

function asMember(token: RefreshToken, successor: RefreshToken, request: RefreshRequest): RotationMember {
  const { policy, id } = request.client;
  return {
    familyId: token.familyId,
    clientId: id,
    generation: token.generation,
    tokenHash: hashOf(token),
    successorHash: hashOf(successor),
    jkt: request.jkt,
    scopes: request.scopes,
    audiences: request.audiences,
    keyVersion: successor.keyVersion,
    lifetime: policy.refreshTokenLifetime,
    slides: policy.refreshTokenExpiry === 'sliding',
    absoluteLifetime: policy.absoluteLifetime || undefined,
    // A public client's token is bound to the key that it proves (RFC 9449 §5).
    bindJkt: request.client.isPublic ? request.jkt : undefined,
    address: request.address,
  };
}
