import { Post } from '@nestjs/common';
import { JsonBody } from '../http/body.js';
import { ManagementController, Operation } from '../http/operation.js';
import { DiagnosisDocument, NewDiagnosisDocument } from './diagnosis.documents.js';
import { TokenDiagnosis } from './token-diagnosis.js';

@ManagementController('token-diagnoses', 'Tokens')
export class DiagnosesController {
  constructor(private readonly diagnosis: TokenDiagnosis) {}

  @Post()
  @Operation({
    id: 'diagnoseToken',
    summary: 'Find out why a token is refused',
    description:
      'Makes every check that presenting it now would make, and says how each comes out. Nothing is spent, ended or kept. What the request does not tell is taken to have been right.',
    scope: 'tokens:read',
    body: NewDiagnosisDocument,
    answer: DiagnosisDocument,
  })
  diagnose(@JsonBody() body: NewDiagnosisDocument): Promise<DiagnosisDocument> {
    return this.diagnosis.diagnose(body);
  }
}
