import { Injectable } from '@nestjs/common';
import { type ClientEntity } from '../clients/client.entity.js';
import { type ClientMetadata } from '../clients/client-metadata.js';
import { ClientSecrets } from '../clients/client-secrets.js';
import { OAuthError } from '../common/oauth-error.js';
import { type JsonObject } from '../http/json-object.js';
import { parseMetadata } from './registration-request.js';

/** What an answer has and a request must not (RFC 7592 §2.2). */
const OURS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

/** Reads requests that replace a registration. */
@Injectable()
export class ReplacementRequests {
  constructor(private readonly secrets: ClientSecrets) {}

  /** @throws OAuthError `invalid_client_metadata` or `invalid_software_statement` */
  parse(body: JsonObject, client: ClientEntity): ClientMetadata {
    const given = OURS.find((name) => body.has(name));
    if (given !== undefined) throw OAuthError.invalidClientMetadata(`${given} must be left out`);
    if (body.string('client_id') !== client.id)
      throw OAuthError.invalidClientMetadata('client_id is another');
    const secret = body.optionalString('client_secret');
    if (secret !== undefined && !this.secrets.verify(client.id, client.secrets, secret))
      throw OAuthError.invalidClientMetadata('client_secret is not the one that the client has');
    return parseMetadata(body);
  }
}
