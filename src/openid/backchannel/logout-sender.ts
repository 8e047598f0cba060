import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { PROCESS_ROLE, type ProcessRole } from '../../common/process-role.js';
import { openIdConfig, type OpenIdSettings } from '../../config/openid.config.js';
import { LogoutDelivery } from './logout-delivery.js';
import { type LogoutNotice, LogoutNoticeRepository } from './logout-notice.repository.js';

const TICK_MS = 1_000;
/** At a time, on this replica: in all, and of one client. */
const IN_FLIGHT = 20;
const PER_CLIENT = 4;
/** Seconds, beyond an attempt's own time, after which one that a killed replica had is anybody's again. */
const SPARE = 5;

/**
 * Sends the notices that ended sessions leave (OpenID Connect Back-Channel Logout 1.0), on whichever replica takes
 * one first. A client has a few under way at most, so that a slow one holds up no other.
 */
@Injectable()
export class LogoutSender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LogoutSender.name);
  private readonly stopping = new AbortController();
  private readonly inFlight = new Map<LogoutNotice, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> | undefined;

  constructor(
    private readonly notices: LogoutNoticeRepository,
    private readonly delivery: LogoutDelivery,
    @Inject(openIdConfig.KEY) private readonly settings: OpenIdSettings,
    @Inject(PROCESS_ROLE) private readonly role: ProcessRole,
  ) {}

  onApplicationBootstrap(): void {
    if (this.role === 'one-off') return;
    this.timer = setInterval(() => {
      this.ticking ??= this.tick().finally(() => {
        this.ticking = undefined;
      });
    }, TICK_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.ticking;
    await Promise.all(this.inFlight.values());
  }

  private async tick(): Promise<void> {
    const limit = IN_FLIGHT - this.inFlight.size;
    if (limit === 0) return;
    const seconds = this.settings.backchannelTimeoutMs / 1000 + SPARE;
    const exceptClients = [...new Set([...this.inFlight.keys()].map(({ clientId }) => clientId))];
    try {
      const due = await this.notices.claim({ limit, perClient: PER_CLIENT, seconds, exceptClients });
      for (const notice of due) this.inFlight.set(notice, this.deliver(notice));
    } catch (error) {
      this.logger.warn({ err: error }, 'clients wait to be told of logouts');
    }
  }

  /** Never rejects: one that could not be settled comes again. */
  private async deliver(notice: LogoutNotice): Promise<void> {
    try {
      await this.delivery.deliver(notice, this.stopping.signal);
    } catch (error) {
      this.logger.warn({ err: error, clientId: notice.clientId }, 'a logout notice was not settled');
    } finally {
      this.inFlight.delete(notice);
    }
  }
}
