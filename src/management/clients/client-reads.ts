import { Inject, Injectable } from '@nestjs/common';
import { type ClientEntity } from '../../clients/client.entity.js';
import { type ClientFilter, ClientRepository } from '../../clients/client.repository.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';
import { ProblemError } from '../../http/problem.js';
import { decodeCursor, type Page, toPage } from '../http/page.js';
import { type StoredClientDocument } from './client.documents.js';
import { storedClient } from './stored-client.js';

export const DEFAULT_LIMIT = 50;

/** Shows clients. */
@Injectable()
export class ClientReads {
  constructor(
    private readonly clients: ClientRepository,
    @Inject(tokensConfig.KEY) private readonly defaults: TokensSettings,
  ) {}

  show(client: ClientEntity): StoredClientDocument {
    return storedClient(client, this.defaults);
  }

  /** @throws ProblemError 404 */
  async find(id: string): Promise<StoredClientDocument> {
    const client = await this.clients.findById(id);
    if (!client) throw ProblemError.notFound('client');
    return this.show(client);
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async list(
    filter: ClientFilter,
    cursor: string | undefined,
    limit = DEFAULT_LIMIT,
  ): Promise<Page<StoredClientDocument>> {
    const rows = await this.clients.list(filter, decodeCursor(cursor) ?? '', limit + 1);
    return toPage(
      rows,
      limit,
      ({ id }) => id,
      (client) => this.show(client),
    );
  }
}
