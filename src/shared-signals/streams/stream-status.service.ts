import { Injectable } from '@nestjs/common';
import { OAuthError } from '../../common/oauth-error.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { OutboxRepository } from '../../events/outbox.repository.js';
import { StreamSignals } from '../stream-signals.js';
import { NoticeRepository } from './notice.repository.js';
import { type Stream, type StreamStatus } from './stream.js';
import { StreamRepository } from './stream.repository.js';

/** Changes a stream's status for its receiver (SSF §8.1.2). */
@Injectable()
export class StreamStatusService {
  constructor(
    private readonly database: Database,
    private readonly streams: StreamRepository,
    private readonly notices: NoticeRepository,
    private readonly outbox: OutboxRepository,
    private readonly signals: StreamSignals,
  ) {}

  async change(stream: Stream, status: StreamStatus, reason: string | undefined): Promise<void> {
    const { id, clientId } = stream;
    await this.database.transaction(async (transaction) => {
      const current = await this.streams.lockById(transaction, id, clientId);
      if (!current) throw OAuthError.notFound('there is no such stream');
      await this.apply(transaction, current, status, reason ?? null);
    });
    await this.signals.announce(id);
  }

  private async apply(
    transaction: Transaction,
    { id, status: before }: Stream,
    status: StreamStatus,
    reason: string | null,
  ): Promise<void> {
    await this.streams.updateStatus(transaction, id, status, reason);
    await this.notices.deleteStale(transaction, id, status === 'disabled');
    // What was not held is dropped: a stream that was disabled begins anew.
    if (before === 'disabled' && status !== 'disabled')
      await this.streams.move(transaction, id, await this.outbox.end(transaction));
  }
}
