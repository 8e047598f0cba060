import { type PageErrorKind } from './page-error.js';

/** A form of a page: where it is posted to, and what it carries unseen. */
export interface PageForm {
  /** A path of our own. */
  readonly action: string;
  readonly csrfToken: string;
  readonly hidden?: Readonly<Record<string, string>>;
}

export interface SignInModel {
  readonly form: PageForm;
  /** What the field holds already. */
  readonly username: string;
  /** Whom they sign in for; left out for this service itself. */
  readonly clientName?: string;
  /** They are signed in, and are to prove it anew. */
  readonly isAgain: boolean;
  readonly problem?: 'wrong' | 'missing' | 'expired' | 'limited';
  /** Minutes to wait, where they are limited. */
  readonly waitMinutes?: number;
}

export interface SignOutModel {
  readonly form: PageForm;
  readonly username: string;
  /** Who asks for it. */
  readonly clientName?: string;
}

export interface SignedOutModel {
  /** Where to go on to, when the client has named a place that is registered. */
  readonly continueUrl?: string;
  readonly clientName?: string;
  readonly isEverywhere?: boolean;
}

export interface ConsentModel {
  /** Two buttons: `decision` is `allow` or `deny`. */
  readonly form: PageForm;
  readonly username: string;
  readonly clientName: string;
  /** Where the browser goes afterwards: the host of the redirect URI. */
  readonly clientHost?: string;
  /** Asked for now, and not granted before. */
  readonly scopes: readonly string[];
  /** Granted before. */
  readonly grantedScopes: readonly string[];
  /** Resources that the tokens are for (RFC 8707). */
  readonly audiences: readonly string[];
}

export interface DeviceModel {
  /** Field `user_code`. */
  readonly form: PageForm;
  readonly userCode: string;
  readonly problem?: 'wrong' | 'missing' | 'limited';
}

export interface DeviceConfirmModel {
  /** Two buttons: `decision` is `allow` or `deny`. */
  readonly form: PageForm;
  readonly username: string;
  readonly clientName: string;
  readonly userCode: string;
  readonly scopes: readonly string[];
}

export interface DeviceDoneModel {
  readonly clientName: string;
  readonly isAllowed: boolean;
}

export interface FormPostModel {
  /** A client's redirect URI (OAuth 2.0 Form Post Response Mode). */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface ErrorModel {
  readonly kind: PageErrorKind;
  /** For developers. */
  readonly detail?: string;
  readonly requestId: string;
}

/** The application of a first run. */
export interface DemoModel {
  /** Buttons `act`: `refresh`, `replay`, `revoke`, `sign-out`. */
  readonly form: PageForm;
  readonly tokens?: {
    readonly accessToken: string;
    /** JSON; empty for an opaque token. */
    readonly accessTokenClaims: string;
    readonly idTokenClaims: string;
    readonly refreshToken?: string;
    readonly refreshes: number;
  };
  /** What the server answered, in the words of OAuth. */
  readonly problem?: string;
}

/** What each page shows, by the name of its template. */
export interface PageModels {
  readonly 'sign-in': SignInModel;
  readonly 'sign-out': SignOutModel;
  readonly 'signed-out': SignedOutModel;
  readonly consent: ConsentModel;
  readonly device: DeviceModel;
  readonly 'device-confirm': DeviceConfirmModel;
  readonly 'device-done': DeviceDoneModel;
  readonly 'form-post': FormPostModel;
  readonly error: ErrorModel;
  readonly demo: DemoModel;
}

export type PageName = keyof PageModels;
