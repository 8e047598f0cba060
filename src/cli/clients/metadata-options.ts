/** A client's metadata as far as options tell it. */
export interface MetadataOptions {
  readonly name?: string;
  readonly public?: boolean;
  readonly grant?: readonly string[];
  readonly scope?: string;
  readonly defaultScope?: string;
  readonly redirectUri?: readonly string[];
}

/** The same in the names of RFC 7591 §2; only what was given, so that it may stand over a file's. */
export function metadataOf(options: MetadataOptions): object {
  const metadata = {
    client_name: options.name,
    token_endpoint_auth_method: options.public ? 'none' : undefined,
    grant_types: options.grant,
    scope: options.scope,
    default_scope: options.defaultScope,
    redirect_uris: options.redirectUri,
  };
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
}
