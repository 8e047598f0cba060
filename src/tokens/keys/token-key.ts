import { type CryptoKey, type JWK } from 'jose';
import { type SigningAlgorithm } from '../../clients/token-policy.js';

/** What a key is for: signing with a JOSE algorithm, or encrypting opaque access tokens. */
export type KeyAlgorithm = SigningAlgorithm | 'A256CBC-HS512';

/** A key of the service, opened. */
export interface TokenKey {
  readonly kid: string;
  readonly algorithm: KeyAlgorithm;
  /** As published; none for a symmetric key. */
  readonly publicJwk: JWK | null;
  readonly privateKey: CryptoKey | Uint8Array;
  /** From when on it signs, until the next key of its algorithm does. It is published before. */
  readonly activeFrom: Date;
}
