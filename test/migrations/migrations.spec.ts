import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { migrations } from '../../src/database/migrations/index.js';
import { KeyRevocationService } from '../../src/revocation/keys/key-revocation.service.js';
import { TokenKeyService } from '../../src/tokens/keys/token-key.service.js';
import { DatabaseConfig } from '../../src/config/database.config.js';
import { startApp } from '../support/test-app.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';
import { firstRefreshToken } from '../support/oauth.js';

describe('migrations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    dataSource = await new DataSource(dataSourceOptions(new DatabaseConfig(), database.url)).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('run up, hold data, run down to nothing and up again', async () => {
    await dataSource.runMigrations();
    const service = await startApp({}, database);
    await firstRefreshToken(service.url);
    const { kid } = service.app.get(TokenKeyService).current('ES256');
    await service.app.get(KeyRevocationService).revoke(kid, 'its event and its row are data too');
    await service.stop();
    expect(await tables(database)).toContain('token_family');
    for (const name of migrations.map((migration) => migration.name)) {
      await dataSource.undoLastMigration();
      expect(name).toMatch(/\d{13}$/);
    }
    expect(await tables(database)).toEqual(['schema_migration']);
    expect(await dataSource.runMigrations()).toHaveLength(migrations.length);
  });

  it('leave the family table without an index, but BRIN, on a column that a rotation changes (L7)', async () => {
    const { rows } = await database.pool.query<{ definition: string }>(
      `SELECT indexdef AS definition FROM pg_indexes WHERE tablename = 'token_family' ORDER BY indexname`,
    );
    expect(rows.map(({ definition }) => definition.replace(/^.* USING /, ''))).toEqual([
      'btree (browser_session_id) WHERE (browser_session_id IS NOT NULL)',
      'btree (client_id, id)',
      "brin (expires_at) WITH (autosummarize='on')",
      'btree (id)',
      'btree (user_id, id)',
    ]);
  });
});

async function tables({ pool }: TestDatabase): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  return rows.map(({ name }) => name);
}
