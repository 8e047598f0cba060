import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type Statement, type Transaction } from '../database/sql-session.js';
import { ClientEntity, ClientSecretEntity } from './client.entity.js';

type Secretless = Omit<ClientEntity, 'secrets' | 'updatedAt'>;
/** A client to be: its cutoff is the moment of its registration. */
export type NewClient = Omit<Secretless, 'tokensNotBefore'>;
type SecretRow = Omit<ClientSecretEntity, 'client'>;

const LOCK: Statement = { name: 'client_lock', text: 'SELECT id FROM client WHERE id = $1 FOR UPDATE' };

const ACTIVE_SECRETS: Statement = {
  name: 'client_active_secrets',
  text: `
    SELECT id FROM client_secret
    WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
};

@Injectable()
export class ClientRepository {
  constructor(@InjectRepository(ClientEntity) private readonly clients: Repository<ClientEntity>) {}

  findById(id: string): Promise<ClientEntity | null> {
    return this.clients.findOne({ where: { id }, relations: { secrets: true } });
  }

  /** The client without its secrets; nobody else changes it before the transaction ends. */
  lockById(transaction: Transaction, id: string): Promise<ClientEntity | null> {
    return transaction.manager.findOne(ClientEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** @returns whether there was no client of that id */
  async insert(transaction: Transaction, client: NewClient): Promise<boolean> {
    const result = await transaction.manager
      .createQueryBuilder()
      .insert()
      .into(ClientEntity)
      .values({ ...client, tokenPolicy: { ...client.tokenPolicy } })
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  /** Its secrets go with it. @returns whether there was such a client */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.manager.delete(ClientEntity, { id })).affected === 1;
  }

  async insertSecret(transaction: Transaction, secret: SecretRow): Promise<void> {
    await transaction.manager.insert(ClientSecretEntity, secret);
  }

  /** Counts the unexpired secrets of a client, whose row stays locked until the transaction ends. */
  async countActiveSecrets(transaction: Transaction, clientId: string): Promise<number> {
    await transaction.query(LOCK, [clientId]);
    const rows = await transaction.query(ACTIVE_SECRETS, [clientId]);
    return rows.length;
  }

  /** @returns whether there is such a client */
  async update(transaction: Transaction, id: string, change: Partial<Secretless>): Promise<boolean> {
    const result = await transaction.manager
      .createQueryBuilder()
      .update(ClientEntity)
      .set({ ...change, tokenPolicy: change.tokenPolicy && { ...change.tokenPolicy } })
      .where({ id })
      .execute();
    return result.affected === 1;
  }
}
