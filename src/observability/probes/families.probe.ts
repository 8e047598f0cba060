import { Injectable } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { Metrics } from '../../metrics/metrics.js';
import { TokenFamilyRepository } from '../../tokens/families/token-family.repository.js';
import { type Probe } from './probe.js';

/** How many sessions there are, about. */
@Injectable()
export class FamiliesProbe implements Probe {
  readonly source = 'families';
  private readonly live: Gauge;

  constructor(
    metrics: Metrics,
    private readonly families: TokenFamilyRepository,
  ) {
    this.live = metrics.gauge({
      name: 'regrant_families_live',
      help: 'Token families neither revoked nor expired, as the planner of Postgres estimates.',
      aggregator: 'max',
    });
  }

  async measure(): Promise<void> {
    this.live.set(await this.families.estimateLive());
  }

  clear(): void {
    this.live.remove();
  }
}
