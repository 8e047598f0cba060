import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { ClientEntity, ClientSecretEntity } from './client.entity.js';

type Secretless = Omit<ClientEntity, 'secrets' | 'createdAt' | 'updatedAt'>;
/** A client to be: its cutoff is the moment of its registration. */
export type NewClient = Omit<Secretless, 'tokensNotBefore'>;
type SecretRow = Omit<ClientSecretEntity, 'client' | 'createdAt'>;

/** Which clients are wanted; all that is given must hold. */
export interface ClientFilter {
  readonly enabled?: boolean;
  /** Part of the name or the id, whatever its case. */
  readonly search?: string;
}

const LOCK: Statement = { name: 'client_lock', text: 'SELECT id FROM client WHERE id = $1 FOR UPDATE' };

const EXISTS: Statement = { name: 'client_exists', text: 'SELECT id FROM client WHERE id = $1' };

const ACTIVE_SECRETS: Statement = {
  name: 'client_active_secrets',
  text: `
    SELECT id FROM client_secret
    WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
};

/** All but the youngest at once, the youngest after `$2` seconds, unless it expires before. */
const EXPIRE_SECRETS: Statement = {
  name: 'client_expire_secrets',
  text: `
    UPDATE client_secret s
    SET expires_at = LEAST(s.expires_at, clock_timestamp()
      + CASE WHEN a.age = 1 THEN make_interval(secs => $2) ELSE interval '0' END)
    FROM (
      SELECT id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS age FROM client_secret
      WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())) a
    WHERE s.id = a.id`,
};

const DELETE_SECRET: Statement = {
  name: 'client_delete_secret',
  text: 'DELETE FROM client_secret WHERE client_id = $1 AND id = $2 RETURNING id',
};

@Injectable()
export class ClientRepository {
  constructor(@InjectRepository(ClientEntity) private readonly clients: Repository<ClientEntity>) {}

  findById(id: string): Promise<ClientEntity | null> {
    return this.clients.findOne({ where: { id }, relations: { secrets: true } });
  }

  async exists(session: SqlSession, id: string): Promise<boolean> {
    return (await session.query(EXISTS, [id])).length === 1;
  }

  /** Up to `limit` clients after an id, in the order of their ids. */
  list(filter: ClientFilter, after: string, limit: number): Promise<ClientEntity[]> {
    const { enabled, search } = filter;
    const query = this.clients
      .createQueryBuilder('client')
      .leftJoinAndSelect('client.secrets', 'secret')
      .where('client.id > :after', { after });
    if (enabled !== undefined) query.andWhere('client.enabled = :enabled', { enabled });
    if (search !== undefined) {
      query.andWhere('position(lower(:search) in lower(client.id || chr(10) || client.name)) > 0', {
        search,
      });
    }
    return query.orderBy('client.id').take(limit).getMany();
  }

  /** The client with its secrets; nobody else changes it before the transaction ends. */
  async lockById(transaction: Transaction, id: string): Promise<ClientEntity | null> {
    await transaction.query(LOCK, [id]);
    return transaction.manager.findOne(ClientEntity, { where: { id }, relations: { secrets: true } });
  }

  /** @returns whether there was no client of that id */
  async insert(transaction: Transaction, client: NewClient): Promise<boolean> {
    const result = await transaction.manager
      .createQueryBuilder()
      .insert()
      .into(ClientEntity)
      .values(asValues(client))
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

  /** The youngest active secret works for `overlap` seconds more, older ones no longer. */
  async expireSecrets(transaction: Transaction, clientId: string, overlap: number): Promise<void> {
    await transaction.query(EXPIRE_SECRETS, [clientId, overlap]);
  }

  /** @returns whether there was such a secret */
  async deleteSecret(transaction: Transaction, clientId: string, id: string): Promise<boolean> {
    return (await transaction.query(DELETE_SECRET, [clientId, id])).length === 1;
  }

  /** @returns whether there is such a client */
  async update(transaction: Transaction, id: string, change: Partial<Secretless>): Promise<boolean> {
    const result = await transaction.manager
      .createQueryBuilder()
      .update(ClientEntity)
      .set(asValues(change))
      .where({ id })
      .execute();
    return result.affected === 1;
  }
}

/** TypeORM takes what is json for a partial entity, unless it is a plain object. */
function asValues(row: Partial<Secretless>) {
  const { tokenPolicy, displayMetadata, jwks, ...columns } = row;
  return {
    ...columns,
    ...(tokenPolicy && { tokenPolicy: { ...tokenPolicy } }),
    ...(displayMetadata && { displayMetadata: { ...displayMetadata } as object }),
    ...(jwks !== undefined && { jwks: jwks as object | null }),
  };
}
