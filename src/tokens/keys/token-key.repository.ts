import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, MoreThan, type Repository } from 'typeorm';
import { type Statement, type Transaction } from '../../database/sql-session.js';
import { TokenKeyEntity } from './token-key.entity.js';

/** Any number that no other advisory lock of the service has. */
const SCHEDULE_LOCK = 7_236_002;

const LOCK: Statement = { name: 'key_schedule_lock', text: 'SELECT pg_advisory_xact_lock($1)' };

@Injectable()
export class TokenKeyRepository {
  constructor(@InjectRepository(TokenKeyEntity) private readonly keys: Repository<TokenKeyEntity>) {}

  /** Nobody else makes, changes or removes keys before the transaction ends. */
  async lockSchedule(transaction: Transaction): Promise<void> {
    await transaction.query(LOCK, [SCHEDULE_LOCK]);
  }

  findAll({ manager }: Pick<Transaction, 'manager'> = this.keys): Promise<TokenKeyEntity[]> {
    return manager.find(TokenKeyEntity, { order: { activeFrom: 'ASC', kid: 'ASC' } });
  }

  /** @returns the key as it is read from now on: `jsonb` has an order of its own */
  async insert({ manager }: Transaction, key: TokenKeyEntity): Promise<TokenKeyEntity> {
    await manager.insert(TokenKeyEntity, key);
    return manager.findOneByOrFail(TokenKeyEntity, { kid: key.kid });
  }

  /** Has a key that is not due yet sign from a time on. @returns whether it was there and not due */
  async advance(transaction: Transaction, kid: string, activeFrom: Date): Promise<boolean> {
    const waiting = { kid, activeFrom: MoreThan(activeFrom) };
    const { affected } = await transaction.manager.update(TokenKeyEntity, waiting, { activeFrom });
    return affected === 1;
  }

  async deleteByKids(transaction: Transaction, kids: readonly string[]): Promise<void> {
    if (kids.length > 0) await transaction.manager.delete(TokenKeyEntity, { kid: In([...kids]) });
  }
}
