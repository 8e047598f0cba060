import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { type Transaction } from '../../database/sql-session.js';
import { TokenKeyEntity } from './token-key.entity.js';

@Injectable()
export class TokenKeyRepository {
  constructor(@InjectRepository(TokenKeyEntity) private readonly keys: Repository<TokenKeyEntity>) {}

  findAll(): Promise<TokenKeyEntity[]> {
    return this.keys.find({ order: { activeFrom: 'ASC' } });
  }

  async insert(transaction: Transaction, key: TokenKeyEntity): Promise<void> {
    await transaction.manager.save(key);
  }

  async deleteByKids(transaction: Transaction, kids: readonly string[]): Promise<void> {
    if (kids.length > 0) await transaction.manager.delete(TokenKeyEntity, { kid: In([...kids]) });
  }
}
