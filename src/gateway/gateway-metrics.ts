import { Injectable } from '@nestjs/common';
import { type Histogram } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { GATEWAY_ERRORS, type GatewayErrorKind } from './authenticator/gateway-error.js';

/**
 * What became of a request: it went to the upstream, its client went away, another proxy was told to let it pass, or
 * the gateway answered itself.
 */
const OUTCOMES = ['proxied', 'upgraded', 'client_gone', 'authorized', ...GATEWAY_ERRORS] as const;
export type GatewayOutcome = (typeof OUTCOMES)[number];

/** `remembered` by this process, `shared` with a request under way here, `fetched` from other replicas or the issuer. */
const SOURCES = ['remembered', 'shared', 'fetched'] as const;

const GRANT_OUTCOMES = [
  'granted',
  'refused',
  'wrong_client',
  'misconfigured',
  'too_many_attempts',
  'issuer_down',
] as const;
type GrantOutcome = (typeof GRANT_OUTCOMES)[number] | GatewayErrorKind;

/** Of a status, `2xx` and so on. */
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What the gateway counts. */
@Injectable()
export class GatewayMetrics {
  readonly requests: Tally<GatewayOutcome>;
  readonly tokens: Tally<(typeof SOURCES)[number]>;
  readonly grants: Tally<GrantOutcome>;
  private readonly upstream: readonly Histogram.Internal<'status'>[];

  constructor(metrics: Metrics) {
    this.requests = metrics.tally(
      { name: 'regrant_gateway_requests_total', help: 'Requests at the gateway, by what became of them.' },
      'outcome',
      OUTCOMES,
    );
    this.tokens = metrics.tally(
      { name: 'regrant_gateway_tokens_total', help: 'Tokens for requests at the gateway, by where from.' },
      'source',
      SOURCES,
    );
    this.grants = metrics.tally(
      {
        name: 'regrant_gateway_grants_total',
        help: 'Grants that the gateway asked issuers for, by outcome.',
      },
      'outcome',
      GRANT_OUTCOMES,
    );
    const upstream = metrics.histogram(
      {
        name: 'regrant_gateway_upstream_duration_seconds',
        help: 'Seconds until an upstream has begun to answer, by status class.',
      },
      ['status'],
      BUCKETS,
    );
    upstream.zero({ status: '2xx' });
    this.upstream = CLASSES.map((status) => upstream.labels({ status }));
  }

  /** @param seconds until the upstream has begun to answer */
  upstreamAnswered(statusCode: number, seconds: number): void {
    this.upstream[Math.floor(statusCode / 100) - 1]?.observe(seconds);
  }
}
