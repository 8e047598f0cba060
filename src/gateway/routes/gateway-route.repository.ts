import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../../database/sql-session.js';
import { type GatewayRoute } from './gateway-route.js';
import { type StoredConfig } from './route-defaults.js';

/** A secret under the key of this version; both `null` for none. */
export interface SealedSecret {
  readonly client_secret: Buffer | null;
  readonly client_secret_version: number | null;
}

/** What is written of a route. */
export type RouteRow = Omit<GatewayRoute, 'config'> & SealedSecret & { readonly config: StoredConfig };

/** A route as it is stored. */
export interface StoredRoute extends RouteRow {
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Which routes are wanted; all that is given must hold. */
export interface RouteFilter {
  readonly enabled?: boolean;
  /** Part of the name or the upstream's URL, whatever its case. */
  readonly search?: string;
}

const COLUMNS = `
  id, name, enabled, hosts, paths, methods, upstream_url, strip_path, config, client_secret,
  client_secret_version, created_at, updated_at`;

const FIND: Statement = {
  name: 'gateway_route_find',
  text: `SELECT ${COLUMNS} FROM gateway_route WHERE id = $1`,
};

const LOCK: Statement = { name: 'gateway_route_lock', text: `${FIND.text} FOR UPDATE` };

const LIST: Statement = {
  name: 'gateway_route_list',
  text: `
    SELECT ${COLUMNS} FROM gateway_route
    WHERE ($1::uuid IS NULL OR id > $1) AND ($2::boolean IS NULL OR enabled = $2)
      AND ($3::text IS NULL OR position(lower($3) in lower(name || chr(10) || upstream_url)) > 0)
    ORDER BY id LIMIT $4`,
};

const LIST_ENABLED: Statement = {
  name: 'gateway_route_list_enabled',
  text: `SELECT ${COLUMNS} FROM gateway_route WHERE enabled ORDER BY id`,
};

const INSERT: Statement = {
  name: 'gateway_route_insert',
  text: `
    INSERT INTO gateway_route (id, name, enabled, hosts, paths, methods, upstream_url, strip_path, config,
      client_secret, client_secret_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    RETURNING ${COLUMNS}`,
};

const UPDATE: Statement = {
  name: 'gateway_route_update',
  text: `
    UPDATE gateway_route SET name = $2, enabled = $3, hosts = $4, paths = $5, methods = $6, upstream_url = $7,
      strip_path = $8, config = $9, client_secret = $10, client_secret_version = $11,
      updated_at = clock_timestamp()
    WHERE id = $1 RETURNING ${COLUMNS}`,
};

const DELETE: Statement = {
  name: 'gateway_route_delete',
  text: `DELETE FROM gateway_route WHERE id = $1 RETURNING id`,
};

const UNIQUE_VIOLATION = '23505';

/** Another route has the name. */
export class RouteNameTakenError extends Error {
  override readonly name = 'RouteNameTakenError';
}

/** The routes of the gateway, secrets sealed. */
@Injectable()
export class GatewayRouteRepository {
  constructor(private readonly database: Database) {}

  async findById(id: string, session: SqlSession = this.database): Promise<StoredRoute | undefined> {
    const [row] = await session.query<StoredRoute>(FIND, [id]);
    return row;
  }

  /** Nobody else changes it before the transaction ends. */
  async lockById(transaction: Transaction, id: string): Promise<StoredRoute | undefined> {
    const [row] = await transaction.query<StoredRoute>(LOCK, [id]);
    return row;
  }

  /** Up to `limit` routes after an id, in the order of their ids. */
  list({ enabled, search }: RouteFilter, after: string | undefined, limit: number): Promise<StoredRoute[]> {
    const values = [after ?? null, enabled ?? null, search ?? null, limit];
    return this.database.query<StoredRoute>(LIST, values);
  }

  listEnabled(): Promise<StoredRoute[]> {
    return this.database.query<StoredRoute>(LIST_ENABLED);
  }

  /** @throws RouteNameTakenError */
  insert(transaction: Transaction, row: RouteRow): Promise<StoredRoute> {
    return write(transaction, INSERT, row);
  }

  /** Changes a route that is locked. @throws RouteNameTakenError */
  update(transaction: Transaction, row: RouteRow): Promise<StoredRoute> {
    return write(transaction, UPDATE, row);
  }

  /** @returns whether there was such a route */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.query(DELETE, [id])).length === 1;
  }
}

async function write(transaction: Transaction, statement: Statement, row: RouteRow): Promise<StoredRoute> {
  const [written] = await transaction.query<StoredRoute>(statement, valuesOf(row)).catch((error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
    throw isTaken ? new RouteNameTakenError('the name is taken', { cause: error }) : error;
  });
  if (!written) throw new Error('there was no route to be written');
  return written;
}

function valuesOf(row: RouteRow): readonly unknown[] {
  return [
    row.id,
    row.name,
    row.enabled,
    row.hosts,
    row.paths,
    row.methods,
    row.upstream_url,
    row.strip_path,
    row.config,
    row.client_secret,
    row.client_secret_version,
  ];
}
