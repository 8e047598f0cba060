import { Injectable } from '@nestjs/common';
import { type RevocationReason } from '../events/revocation-event.js';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';

const EXPECTED: readonly RevocationReason[] = [
  'replay',
  'max_families_per_user',
  'superseded',
  'client_request',
  'logout',
  'user_request',
  'consent_withdrawn',
  'password_change',
  'user_disabled',
  'user_deleted',
  'client_disabled',
  'client_deleted',
  'admin_request',
];

/** Counts revocations that are committed: one for each event. */
@Injectable()
export class RevocationMetrics {
  readonly byReason: Tally<RevocationReason>;

  constructor(metrics: Metrics) {
    const help = 'Revocations, by reason; one that ends all that a user or a client has is one.';
    this.byReason = metrics.tally({ name: 'regrant_revocations_total', help }, 'reason', EXPECTED);
  }
}
