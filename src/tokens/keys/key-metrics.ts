import { Inject, Injectable } from '@nestjs/common';
import { type Gauge } from 'prom-client';
import { Clock } from '../../common/clock.js';
import { keysConfig, type KeysSettings } from '../../config/keys.config.js';
import { Metrics } from '../../metrics/metrics.js';
import { activeKey, activeUntil } from './key-schedule.js';
import { type TokenKey } from './token-key.js';
import { TokenKeyService } from './token-key.service.js';

/** Tells how old the keys are that sign and encrypt now, and when the next take over. */
@Injectable()
export class KeyMetrics {
  constructor(
    metrics: Metrics,
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) { lifetime }: KeysSettings,
  ) {
    metrics.gauge({
      name: 'regrant_token_key_age_seconds',
      help: 'Seconds that the key in use has been in use.',
      labels: ['algorithm'],
      aggregator: 'max',
      collect: (gauge) => {
        this.set(gauge, ({ activeFrom }, now) => now - activeFrom.getTime());
      },
    });
    metrics.gauge({
      name: 'regrant_token_key_rotation_seconds',
      help: 'Seconds until the next key takes over; below 0 when it is overdue.',
      labels: ['algorithm'],
      aggregator: 'min',
      collect: (gauge) => {
        this.set(gauge, (key, now) => activeUntil(key, this.keys.all, lifetime).getTime() - now);
      },
    });
  }

  private set(gauge: Gauge, milliseconds: (key: TokenKey, now: number) => number): void {
    const now = this.clock.now();
    gauge.reset();
    for (const algorithm of new Set(this.keys.all.map((key) => key.algorithm))) {
      const key = activeKey(now, algorithm, this.keys.all);
      if (key) gauge.set({ algorithm }, milliseconds(key, now.getTime()) / 1000);
    }
  }
}
