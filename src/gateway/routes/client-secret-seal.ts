import { Injectable } from '@nestjs/common';
import { KeyRing } from '../../key-ring/key-ring.js';
import { type SealedSecret, type StoredRoute } from './gateway-route.repository.js';

/**
 * The secrets of the clients as which routes ask their issuers. The issuers must be shown them, so a hash would not
 * do: they are sealed at rest (law L6), each for its route alone.
 */
@Injectable()
export class ClientSecretSeal {
  constructor(private readonly keys: KeyRing) {}

  seal(routeId: string, secret: string | null): SealedSecret {
    if (secret === null) return { client_secret: null, client_secret_version: null };
    const { version, sealed } = this.keys.seal('gateway-client-secret', Buffer.from(secret), routeId);
    return { client_secret: sealed, client_secret_version: version };
  }

  /** @throws Error when the environment has no key of the version that it was sealed under */
  open({ id, client_secret: sealed, client_secret_version: version }: StoredRoute): string | null {
    if (sealed === null || version === null) return null;
    return this.keys.open('gateway-client-secret', version, sealed, id).toString();
  }
}
