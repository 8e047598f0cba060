import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../common/oauth-error.js';
import { Metrics } from '../../metrics/metrics.js';
import { type Tally } from '../../metrics/tally.js';
import { type Accepted, type Refused } from '../../tokens/families/rotation.service.js';
import { type Refusal } from '../../tokens/families/token-family.js';

type RefreshOutcome = Accepted['outcome'] | Refusal | 'invalid_request' | 'fault';

const EXPECTED: readonly RefreshOutcome[] = [
  'rotated',
  'retried',
  'reused',
  'malformed',
  'unknown',
  'wrong_client',
  'proof_missing',
  'wrong_proof_key',
  'revoked',
  'expired',
  'client_gone',
  'user_gone',
  'scope_too_wide',
  'resource_not_granted',
  'replayed',
  'invalid_request',
  'fault',
];

/** Counts what became of refresh tokens that were presented. */
@Injectable()
export class RefreshMetrics {
  private readonly outcomes: Tally<RefreshOutcome>;

  constructor(metrics: Metrics) {
    const help = 'Refresh tokens presented, by what became of them.';
    this.outcomes = metrics.tally({ name: 'regrant_refreshes_total', help }, 'outcome', EXPECTED);
  }

  async watch<Result extends { outcome: Accepted['outcome'] } | Refused>(
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await work();
      this.outcomes.count(result.outcome === 'refused' ? result.refusal : result.outcome);
      return result;
    } catch (error) {
      this.outcomes.count(isRequestsFault(error) ? 'invalid_request' : 'fault');
      throw error;
    }
  }
}

/** Not of the token but of the request around it, such as a malformed scope. */
function isRequestsFault(error: unknown): boolean {
  return error instanceof OAuthError && error.status < 500;
}
