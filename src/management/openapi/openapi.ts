import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type HttpSettings } from '../../config/http.config.js';
import { ProblemDocument, SECURITY_SCHEME } from '../http/operation.js';
import { ManagementModule } from '../management.module.js';
import { MANAGEMENT_SCOPES } from '../../roles/management-scopes.js';
import { addExamples, leaveFiltersEmpty } from './examples.js';
import { declarePathParameters } from './path-parameters.js';

const DESCRIPTION = `Clients, users, tokens, keys and events of this authorization server.

Every request carries an access token of this server (\`Authorization: Bearer\`), with the scope that the operation
names. Errors are problem documents (RFC 9457). What is replaced, patched or deleted needs the \`ETag\` that was read,
in \`If-Match\`. Creations take an \`Idempotency-Key\`. Lists go on at \`next_cursor\`, and in the \`Link\` header.`;

/** The management API as OpenAPI 3.1 describes it. */
export function openApiDocument(app: INestApplication, { issuerUrl }: HttpSettings): OpenAPIObject {
  const tokenUrl = `${issuerUrl}/oauth2/token`;
  const scopes = { ...MANAGEMENT_SCOPES };
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Regrant management API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addServer(issuerUrl)
    .addOAuth2(
      {
        type: 'oauth2',
        flows: {
          authorizationCode: { authorizationUrl: `${issuerUrl}/oauth2/authorize`, tokenUrl, scopes },
          clientCredentials: { tokenUrl, scopes },
        },
      },
      SECURITY_SCHEME,
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    include: [ManagementModule],
    ignoreGlobalPrefix: true,
    extraModels: [ProblemDocument],
  });
  declarePathParameters(document);
  addExamples(document);
  leaveFiltersEmpty(document);
  return document;
}
