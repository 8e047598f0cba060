import { Post } from '@nestjs/common';
import { JsonBody } from '../http/body.js';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { Repeatable, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementController, Operation } from '../http/operation.js';
import { AdminRevocations } from './admin-revocations.js';
import { NewRevocationDocument, RevocationDocument } from './revocation.documents.js';
import { revocationOrderOf } from './revocation-order.js';

@ManagementController('revocations', 'Tokens')
export class RevocationsController {
  constructor(private readonly revocations: AdminRevocations) {}

  @Post()
  @Operation({
    id: 'revokeTokens',
    summary: 'Revoke tokens',
    description:
      'Of a family, a user, a client, a user at a client, or of everybody; or one access token by its `jti`. They are dead on every replica when this returns, for good.',
    scope: 'tokens:revoke',
    body: NewRevocationDocument,
    answer: RevocationDocument,
    idempotent: true,
    problems: ['not-found'],
  })
  revoke(
    @CurrentCaller() caller: Caller,
    @Repeatable() request: RepeatableRequest,
    @JsonBody() body: NewRevocationDocument,
  ): Promise<RevocationDocument> {
    return this.revocations.revoke(caller, request, revocationOrderOf(body), body.reason);
  }
}
