import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type onSendHookHandler } from 'fastify';
import { type HttpSettings } from '../../config/http.config.js';
import { CONSOLE_CLIENT_ID, consoleRedirectUri } from './console-client.js';
import { openApiDocument } from './openapi.js';

/** What a page of ours may do: Swagger UI needs styles of its own, and images in them; no script but ours. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** Serves the management API's description at `/docs/openapi.json`, below the issuer's path. */
export function serveApiDescription(app: NestFastifyApplication, settings: HttpSettings): void {
  SwaggerModule.setup(pathOf(settings), app, describer(app, settings), {
    ui: false,
    raw: ['json', 'yaml'],
    jsonDocumentUrl: `${pathOf(settings)}/openapi.json`,
    yamlDocumentUrl: `${pathOf(settings)}/openapi.yaml`,
  });
}

/** Serves Swagger UI at `/docs`. */
export function serveSwaggerUi(app: NestFastifyApplication, settings: HttpSettings): void {
  const path = pathOf(settings);
  // Only on these routes: a hook on all would cost every refresh.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.url.startsWith(path)) route.onSend = protect;
    });
  SwaggerModule.setup(path, app, describer(app, settings), {
    raw: false,
    customSiteTitle: 'Regrant management API',
    swaggerOptions: {
      persistAuthorization: false,
      tryItOutEnabled: true,
      oauth2RedirectUrl: consoleRedirectUri(settings),
      initOAuth: { clientId: CONSOLE_CLIENT_ID, usePkceWithAuthorizationCodeGrant: true },
    },
  });
}

function pathOf({ issuerPath }: HttpSettings): string {
  return `${issuerPath}/docs`;
}

/** Made when someone asks for it: the service starts without it. */
function describer(app: NestFastifyApplication, settings: HttpSettings): () => OpenAPIObject {
  let document: OpenAPIObject | undefined;
  return () => (document ??= openApiDocument(app, settings));
}

const protect: onSendHookHandler = (_request, reply, payload, done) => {
  void reply.headers(SECURITY_HEADERS);
  done(null, payload);
};
