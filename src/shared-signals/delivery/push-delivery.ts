import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { PROCESS_ROLE, type ProcessRole } from '../../common/process-role.js';
import { RandomSource } from '../../common/random-source.js';
import { Metrics } from '../../metrics/metrics.js';
import { Tracer } from '../../tracing/tracer.js';
import { SetSigner } from '../events/set-signer.js';
import { PushAuthorizations } from '../streams/push-authorizations.js';
import { StreamSignals } from '../stream-signals.js';
import { PushClient } from './push-client.js';
import { PushLeaseRepository } from './push-lease.repository.js';
import { PushLoop, type PushTools } from './push-loop.js';
import { Settlement } from './settlement.js';
import { StreamBacklog } from './stream-backlog.js';

const TICK_MS = 500;
/** A replica that is killed is replaced within this and a tick. */
const LEASE_SECONDS = 3;

const OUTCOMES = ['taken', 'rejected', 'failed'] as const;

/** A stream that this replica pushes. */
interface Held {
  /** A tick before the lease ends, on this process's monotonic clock, in milliseconds. */
  until: number;
  readonly stop: AbortController;
  readonly running: Promise<void>;
}

/**
 * Push delivery (RFC 8935): a loop for each stream, on one replica at a time. A replica that can't renew its
 * lease stops before another may take over.
 */
@Injectable()
export class PushDelivery implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PushDelivery.name);
  private readonly replica: string;
  private readonly held = new Map<string, Held>();
  private readonly tools: PushTools;
  private ticking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly leases: PushLeaseRepository,
    private readonly signals: StreamSignals,
    backlog: StreamBacklog,
    settlement: Settlement,
    signer: SetSigner,
    authorizations: PushAuthorizations,
    client: PushClient,
    random: RandomSource,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
    metrics: Metrics,
    tracer: Tracer,
  ) {
    this.replica = random.uuid();
    const help = 'Attempts to push an event to a receiver, by what became of them.';
    const described = { name: 'regrant_ssf_pushes_total', help };
    const outcomes = metrics.tally(described, 'outcome', OUTCOMES);
    this.tools = { backlog, settlement, signer, authorizations, client, outcomes, tracer };
  }

  onApplicationBootstrap(): void {
    if (this.role === 'one-off') return;
    this.timer = setInterval(() => {
      this.letGo();
      this.ticking ??= this.tick().finally(() => {
        this.ticking = undefined;
      });
    }, TICK_MS).unref();
  }

  /** Lets another replica go on at once. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.ticking;
    const ending = [...this.held.values()].map(({ stop, running }) => {
      stop.abort();
      return running;
    });
    await Promise.all(ending);
    await this.leases.release(this.replica).catch(() => undefined);
  }

  private async tick(): Promise<void> {
    try {
      const asked = performance.now();
      for (const id of await this.leases.claim(this.replica, LEASE_SECONDS))
        this.hold(id, asked + LEASE_SECONDS * 1000 - TICK_MS);
    } catch (error) {
      this.logger.warn({ err: error }, 'streams wait for Postgres');
    }
  }

  private hold(streamId: string, until: number): void {
    const known = this.held.get(streamId);
    if (known) {
      known.until = until;
      return;
    }
    const stop = new AbortController();
    const loop = new PushLoop(streamId, this.tools, this.signals.listen(streamId));
    this.held.set(streamId, { until, stop, running: loop.run(stop.signal) });
  }

  /** Ends what could not be renewed: another replica may hold it, or nobody is to push it. */
  private letGo(): void {
    for (const [streamId, { until, stop }] of this.held) {
      if (until > performance.now()) continue;
      stop.abort();
      this.held.delete(streamId);
    }
  }
}
