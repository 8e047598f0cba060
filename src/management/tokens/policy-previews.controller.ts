import { Post } from '@nestjs/common';
import { JsonBody } from '../http/body.js';
import { ManagementController, Operation } from '../http/operation.js';
import { PolicyPreview } from './policy-preview.js';
import { NewPolicyPreviewDocument, PolicyPreviewDocument } from './policy-preview.documents.js';

@ManagementController('policy-previews', 'Clients')
export class PolicyPreviewsController {
  constructor(private readonly previews: PolicyPreview) {}

  @Post()
  @Operation({
    id: 'previewTokenPolicy',
    summary: 'See what a change of the token policy would do',
    description:
      'For which clients something changes, what, how many live families they have, and what it would make wrong. Nothing is changed.',
    scope: 'clients:read',
    body: NewPolicyPreviewDocument,
    answer: PolicyPreviewDocument,
    problems: ['not-found'],
  })
  preview(@JsonBody() body: NewPolicyPreviewDocument): Promise<PolicyPreviewDocument> {
    return this.previews.preview(body);
  }
}
