import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { PROCESS_ROLE, type ProcessRole } from '../../common/process-role.js';
import { eventsConfig, type EventsSettings } from '../../config/events.config.js';
import { StreamSignals } from '../stream-signals.js';
import { BacklogRepository } from './backlog.repository.js';
import { StreamBacklog } from './stream-backlog.js';

const SWEEP_MS = 10_000;

/** Gives up streams that nobody reads any more, and forgets what is too old to matter. On every replica. */
@Injectable()
export class StreamSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(StreamSweep.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly backlog: StreamBacklog,
    private readonly repository: BacklogRepository,
    private readonly signals: StreamSignals,
    @Inject(eventsConfig.KEY) private readonly settings: EventsSettings,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  onApplicationBootstrap(): void {
    if (this.role === 'one-off') return;
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'streams could not be swept');
      });
    }, SWEEP_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    for (const streamId of await this.backlog.giveUpBehind()) await this.signals.announce(streamId);
    await this.repository.deleteRejectionsOlderThan(this.settings.retention);
  }
}
