import { type JWK } from 'jose';
import { type KeyAlgorithm } from '../../tokens/keys/token-key.js';
import { type ManagedKey } from '../../tokens/keys/token-key.manager.js';
import {
  BooleanField,
  ChoiceField,
  FreeObjectField,
  LimitField,
  ObjectListField,
  TextField,
  TimeField,
} from '../http/fields.js';

const ALGORITHMS: readonly KeyAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA', 'A256CBC-HS512'];
const KID = 'oV4cT8GzB1mYp0h0qJk0m9Jm0m0f1b0mXb7m3o2c1aE';

const ALGORITHM = {
  description: 'What it signs by; `A256CBC-HS512` is for opaque access tokens, which are encrypted.',
  example: 'ES256',
  of: ALGORITHMS,
};

/** A key to be made. */
export class NewKeyDocument {
  @ChoiceField(ALGORITHM)
  algorithm: KeyAlgorithm;

  @TimeField({
    description: 'From when on it signs; `SIGNING_KEY_PUBLISH_AHEAD` from now where left out.',
    example: '2030-01-01T03:00:00Z',
    optional: true,
  })
  active_from?: string;

  @BooleanField({
    description: 'Whether it signs at once, though caches of the JWKS may lack it. Not with `active_from`.',
    example: false,
    optional: true,
  })
  immediately?: boolean;
}

/** Why a key is revoked. */
export class KeyRevocationDocument {
  @TextField({
    description: 'Why, for those who read it later. No secrets.',
    example: 'A backup with it was lost',
    max: 255,
  })
  reason: string;
}

/** A key as it is. Its private part is shown to nobody. */
export class KeyDocument {
  @TextField({ description: 'Its id, as tokens name it.', example: KID })
  kid: string;

  @ChoiceField(ALGORITHM)
  algorithm: KeyAlgorithm;

  @ChoiceField({
    description:
      '`next` is published and signs later, `retired` is published and signs no more, `revoked` is gone.',
    example: 'active',
    of: ['next', 'active', 'retired', 'revoked'],
  })
  state: ManagedKey['state'] | 'revoked';

  @FreeObjectField({
    description: 'As published (RFC 7517). Left out for what is not: a symmetric key, or one that is gone.',
    example: { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', kid: KID },
    optional: true,
  })
  public_jwk?: JWK;

  @TimeField({ description: 'When it was made.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({ description: 'From when on it signs.', example: '2026-03-02T09:30:00.000Z' })
  active_from: string;

  @TimeField({
    description: 'When the next key takes over, or took over. Left out while there is none.',
    example: '2026-05-31T09:30:00.000Z',
    optional: true,
  })
  retire_at?: string;

  @TimeField({
    description: 'When it is published no more, because its last token has expired.',
    example: '2026-06-01T09:30:00.000Z',
    optional: true,
  })
  remove_at?: string;

  @TimeField({
    description: 'When it was revoked. Left out unless it was.',
    example: '2026-03-03T09:30:00.000Z',
    optional: true,
  })
  revoked_at?: string;

  @TextField({
    description: 'Why it was revoked.',
    example: 'A backup with it was lost',
    optional: true,
  })
  reason?: string;
}

/** Which keys are listed. */
export class KeyQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'RVMyNTY', optional: true })
  cursor?: string;
}

/** Keys of a page. */
export class KeyPageDocument {
  @ObjectListField(() => KeyDocument, {
    description: 'By their algorithms, in the order in which they sign.',
  })
  items: KeyDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'RVMyNTY', optional: true })
  next_cursor?: string;
}
