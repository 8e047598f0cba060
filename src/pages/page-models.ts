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

/** A browser that somebody is signed in to this service with. */
export interface AccountBrowser {
  readonly id: string;
  readonly isThis: boolean;
  readonly device?: DeviceName;
  readonly address?: string;
  readonly since: Date;
  readonly lastSeenAt: Date;
}

/** An application that acts for somebody: a token family. */
export interface AccountApplication {
  readonly familyId: string;
  readonly clientName: string;
  readonly device?: DeviceName;
  /** Where they signed in, and where it was used last. */
  readonly signedInAddress?: string;
  readonly lastUsedAddress?: string;
  readonly since: Date;
  readonly lastUsedAt: Date;
  readonly scopes: readonly string[];
  /** It stays signed in when they sign out of the browser. */
  readonly isOffline: boolean;
}

/** What somebody let a client have. */
export interface AccountConsent {
  readonly clientId: string;
  readonly clientName: string;
  readonly scopes: readonly string[];
  readonly since: Date;
}

/** What a browser says that it is, for example Firefox on Linux. */
export interface DeviceName {
  readonly browser?: string;
  readonly system?: string;
}

/** What was done, for a page that says so. */
export const ACCOUNT_NOTICES = ['application_ended', 'browser_ended', 'consent_withdrawn'] as const;
export type AccountNotice = (typeof ACCOUNT_NOTICES)[number];

export interface AccountModel {
  /** Of the page; its forms are posted below it. */
  readonly path: string;
  readonly username: string;
  readonly notice?: AccountNotice;
  readonly csrfToken: string;
  readonly browsers: readonly AccountBrowser[];
  readonly applications: readonly AccountApplication[];
  /** Where older applications are, a URL of our own. */
  readonly olderUrl?: string;
  readonly consents: readonly AccountConsent[];
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
  readonly account: AccountModel;
  readonly 'form-post': FormPostModel;
  readonly error: ErrorModel;
  readonly demo: DemoModel;
}

export type PageName = keyof PageModels;
