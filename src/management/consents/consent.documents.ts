import { ObjectListField, TextField, TextListField, TimeField } from '../http/fields.js';

/** What a person lets a client have. */
export class ConsentDocument {
  @TextField({ description: 'The client.', example: 'shop' })
  client_id: string;

  @TextField({ description: 'Scopes, separated by spaces; empty for none.', example: 'openid email' })
  scope: string;

  @TextListField({ description: 'Resources (RFC 8707).', example: ['https://api.example.com'] })
  audiences: string[];

  @TimeField({ description: 'When they first said so.', example: '2026-03-01T09:30:00.000Z' })
  granted_at: string;

  @TimeField({ description: 'When they were asked last.', example: '2026-03-01T09:30:00.000Z' })
  updated_at: string;
}

/** All that a person lets clients have. */
export class ConsentsDocument {
  @ObjectListField(() => ConsentDocument, { description: 'The consents, by client.' })
  items: ConsentDocument[];
}
