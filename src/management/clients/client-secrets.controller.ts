import { Delete, Post } from '@nestjs/common';
import { OptionalJsonBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementController, Operation } from '../http/operation.js';
import { IdParameter, UuidParameter } from '../http/path-parameter.js';
import { RotatedSecretDocument, SecretRotationDocument } from './client.documents.js';
import { ClientWrites } from './client-writes.js';

@ManagementController('clients/:client_id/secrets', 'Clients')
export class ClientSecretsController {
  constructor(private readonly writes: ClientWrites) {}

  @Post()
  @Operation({
    id: 'rotateClientSecret',
    summary: 'Give a client a new secret',
    description:
      'The secret before works on for `overlap_seconds`, a day unless said otherwise; 0 ends it at once.',
    scope: 'clients:write',
    status: 201,
    body: SecretRotationDocument,
    isBodyOptional: true,
    answer: RotatedSecretDocument,
    idempotent: true,
    problems: ['not-found', 'conflict'],
  })
  rotate(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @IdParameter('client_id') id: string,
    @OptionalJsonBody() { overlap_seconds: overlap }: SecretRotationDocument,
  ): Promise<RotatedSecretDocument> {
    return this.writes.rotateSecret(caller, request, id, overlap);
  }

  @Delete(':secret_id')
  @Operation({
    id: 'removeClientSecret',
    summary: 'End one secret of a client',
    scope: 'clients:write',
    status: 204,
    problems: ['not-found'],
  })
  remove(
    @CurrentCaller() caller: Caller,
    @IdParameter('client_id') id: string,
    @UuidParameter('secret_id') secretId: string,
  ): Promise<void> {
    return this.writes.removeSecret(caller, id, secretId);
  }
}
