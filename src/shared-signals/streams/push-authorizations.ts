import { Injectable } from '@nestjs/common';
import { KeyRing } from '../../key-ring/key-ring.js';
import { type Stream } from './stream.js';

type Sealed = Pick<Stream, 'pushAuthorization' | 'pushAuthorizationVersion'>;

/**
 * The `Authorization` headers that receivers want events pushed with. They are the receivers' secrets: sealed
 * at rest (law L6), shown to nobody again.
 */
@Injectable()
export class PushAuthorizations {
  constructor(private readonly keys: KeyRing) {}

  seal(streamId: string, header: string | undefined): Sealed {
    if (header === undefined) return { pushAuthorization: null, pushAuthorizationVersion: null };
    const { version, sealed } = this.keys.seal('push-authorization', Buffer.from(header), streamId);
    return { pushAuthorization: sealed, pushAuthorizationVersion: version };
  }

  /** @throws Error when the environment has no key of the version that it was sealed under */
  open({ id, pushAuthorization, pushAuthorizationVersion }: Stream): string | undefined {
    if (pushAuthorization === null || pushAuthorizationVersion === null) return undefined;
    return this.keys.open('push-authorization', pushAuthorizationVersion, pushAuthorization, id).toString();
  }
}
