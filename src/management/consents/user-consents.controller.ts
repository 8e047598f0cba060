import { Delete, Get } from '@nestjs/common';
import { type Caller, CurrentCaller } from '../http/caller.js';
import { ManagementController, Operation } from '../http/operation.js';
import { IdParameter, UuidParameter } from '../http/path-parameter.js';
import { ConsentsDocument } from './consent.documents.js';
import { UserConsents } from './user-consents.js';

@ManagementController('users/:user_id/consents', 'Consents')
export class UserConsentsController {
  constructor(private readonly consents: UserConsents) {}

  @Get()
  @Operation({
    id: 'listConsents',
    summary: 'List what a user lets clients have',
    scope: 'tokens:read',
    answer: ConsentsDocument,
    problems: ['not-found'],
  })
  list(@UuidParameter('user_id') userId: string): Promise<ConsentsDocument> {
    return this.consents.list(userId);
  }

  @Delete(':client_id')
  @Operation({
    id: 'withdrawConsent',
    summary: 'Withdraw a consent of a user',
    description: 'All that the client has of the user is dead when this returns; the user is asked again.',
    scope: 'tokens:revoke',
    status: 204,
    problems: ['not-found'],
  })
  withdraw(
    @CurrentCaller() caller: Caller,
    @UuidParameter('user_id') userId: string,
    @IdParameter('client_id') clientId: string,
  ): Promise<void> {
    return this.consents.withdraw(caller, userId, clientId);
  }
}
