import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { noteOutcome } from '../http/request-log.js';
import { PageRenderer } from '../pages/page-renderer.js';
import { type ResponseTarget } from './request/authorization-request.js';

/** What an answer says, besides `state` and `iss`. */
type Answer = { readonly code: string } | { readonly error: string; readonly error_description: string };

/**
 * Sends people back to the client, with `iss` in every answer, so that a client of several servers knows whose it
 * is (RFC 9207).
 */
@Injectable()
export class AuthorizationResponder {
  constructor(
    private readonly pages: PageRenderer,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** RFC 6749 §4.1.2. */
  sendCode(request: FastifyRequest, reply: FastifyReply, target: ResponseTarget, code: string): void {
    noteOutcome(request, { outcome: 'authorized', clientId: target.clientId });
    this.send(request, reply, target, { code });
  }

  /** RFC 6749 §4.1.2.1. */
  sendError(request: FastifyRequest, reply: FastifyReply, target: ResponseTarget, refusal: OAuthError): void {
    const { error, description: reason, detail } = refusal;
    noteOutcome(request, { error, reason, detail, clientId: target.clientId });
    this.send(request, reply, target, { error, error_description: reason });
  }

  private send(request: FastifyRequest, reply: FastifyReply, target: ResponseTarget, answer: Answer): void {
    const { redirectUri, state } = target;
    const fields = { ...answer, ...(state !== undefined && { state }), iss: this.http.issuerUrl };
    if (target.responseMode === 'form_post') {
      const model = { action: redirectUri, fields };
      this.pages.render(request, reply, {
        page: 'form-post',
        model,
        formTarget: redirectUri,
        hasScript: true,
      });
    } else {
      // 303, so that a form that was posted to us is not posted on (RFC 9700 §4.12).
      void reply
        .status(303)
        .headers({ location: withQuery(redirectUri, fields), 'cache-control': 'no-store' })
        .send();
    }
  }
}

/** The URI as registered, with parameters after those that it has. */
function withQuery(uri: string, fields: Readonly<Record<string, string>>): string {
  const separator = uri.includes('?') ? (/[?&]$/.test(uri) ? '' : '&') : '?';
  return uri + separator + new URLSearchParams(fields).toString();
}
