import { Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { type Statement, type Transaction } from '../database/sql-session.js';
import { type RevocationEvent } from './revocation-event.js';

const APPEND: Statement = {
  name: 'outbox_append',
  text: `
    INSERT INTO revocation_event (id, type, subject, session_id, client_id, jti, reason, initiator)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

/** Every column that some event fills. */
type EventColumns = Record<
  'type' | 'reason' | 'initiator' | 'subject' | 'sessionId' | 'clientId' | 'jti',
  string
>;

/** The outbox: events commit with the revocation that they tell of, or not at all (law L5). */
@Injectable()
export class OutboxRepository {
  constructor(private readonly random: RandomSource) {}

  async append(transaction: Transaction, event: RevocationEvent): Promise<void> {
    const { type, reason, initiator, subject, sessionId, clientId, jti }: Partial<EventColumns> = event;
    const id = this.random.uuid();
    await transaction.query(APPEND, [id, type, subject, sessionId, clientId, jti, reason, initiator]);
  }
}
