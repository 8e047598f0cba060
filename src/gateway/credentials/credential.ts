/** What a request shows of whom it is for. */
export type Credential =
  | { readonly method: 'bearer'; readonly accessToken: string }
  | { readonly method: 'refresh_token'; readonly refreshToken: string }
  | { readonly method: 'password'; readonly username: string; readonly password: string }
  | { readonly method: 'client_credentials'; readonly clientId: string; readonly clientSecret: string };

/** A credential that tokens are to be got for. */
export type GrantCredential = Exclude<Credential, { method: 'bearer' }>;
