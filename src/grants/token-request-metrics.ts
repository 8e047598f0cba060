import { Injectable } from '@nestjs/common';
import { type FormParameters } from '../common/form-parameters.js';
import { OAuthError } from '../common/oauth-error.js';
import { isTransientFault } from '../common/transient-fault.js';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { GrantRegistry } from './grant-registry.js';

/** Exported from the start; the other error codes as they occur. */
const EXPECTED = ['issued', 'invalid_grant', 'invalid_request', 'temporarily_unavailable', 'server_error'];
/** The grant of a request that names none that there is. */
const NO_GRANT = 'unsupported';

/** Counts what became of token requests, from clients that are authenticated. */
@Injectable()
export class TokenRequestMetrics {
  private readonly byGrant: ReadonlyMap<string, Tally<string>>;

  constructor(metrics: Metrics, grants: GrantRegistry) {
    this.byGrant = metrics.tallies(
      {
        name: 'regrant_token_requests_total',
        help: 'Token requests of authenticated clients, by grant and by error code.',
      },
      ['grant', 'outcome'],
      [...grants.grantTypes, NO_GRANT],
      EXPECTED,
    );
  }

  async watch<Result>(form: FormParameters, work: () => Promise<Result>): Promise<Result> {
    const tally = this.byGrant.get(form.all('grant_type')[0] ?? '') ?? this.byGrant.get(NO_GRANT);
    try {
      const result = await work();
      tally?.count('issued');
      return result;
    } catch (error) {
      tally?.count(codeOf(error));
      throw error;
    }
  }
}

/** The `error` that the client is answered. */
function codeOf(error: unknown): string {
  if (error instanceof OAuthError) return error.error;
  return isTransientFault(error) ? 'temporarily_unavailable' : 'server_error';
}
