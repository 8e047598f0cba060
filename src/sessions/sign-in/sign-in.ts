import { Inject, Injectable } from '@nestjs/common';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { SealedParameters } from '../../key-ring/sealed-parameters.js';
import { PageError } from '../../pages/page-error.js';

/** Why a person is sent to sign in, and where they go then. */
export interface SignInRequest {
  /** A path of our own, below the issuer's, with its query. */
  readonly returnTo: string;
  readonly loginHint?: string;
  /** Whom they sign in for; left out for this service itself. */
  readonly clientName?: string;
  /** Languages by preference, separated by spaces (OpenID Connect). */
  readonly uiLocales?: string;
  /** A sign-in before then is not enough. */
  readonly since?: Date;
  /** The client's redirect URI, where the browser may end up after `returnTo`. */
  readonly redirectUri?: string;
}

/** Seconds: a page left open for longer begins anew. */
const LIFETIME = 1_800;

type SealedRequest = Omit<SignInRequest, 'since'> & { readonly since?: string };

/**
 * The way to the sign-in page. What it is for travels in the URL, sealed: whoever signs in ends up nowhere that we did
 * not name.
 */
@Injectable()
export class SignIn {
  private readonly path: string;
  private readonly base: string;

  constructor(
    private readonly sealed: SealedParameters,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.base = `${issuerPath}/`;
    this.path = `${issuerPath}/sign-in`;
  }

  /** The URL to redirect to, a path. Good for half an hour. */
  url(request: SignInRequest): string {
    return `${this.path}?request=${this.seal(request)}`;
  }

  /** @throws Error when `returnTo` is not a path of ours */
  seal(request: SignInRequest): string {
    const { returnTo } = request;
    if (!returnTo.startsWith(this.base) || /^\/[/\\]/.test(returnTo))
      throw new Error('not a path of our own');
    return this.sealed.seal('sign-in-request', request, LIFETIME);
  }

  /** @throws PageError that says that the page has expired, for anything that is not sealed by us, or no longer good */
  open(text: string): SignInRequest {
    const request = this.sealed.open('sign-in-request', text) as SealedRequest | undefined;
    if (!request) throw PageError.expired('the sign-in request has expired');
    const { since, ...rest } = request;
    return { ...rest, ...(since !== undefined && { since: new Date(since) }) };
  }
}
