import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { Clock } from '../../common/clock.js';
import { RandomSource } from '../../common/random-source.js';
import { KeyRing } from '../../key-ring/key-ring.js';
import { TokenKeyEntity } from './token-key.entity.js';
import { type KeyAlgorithm, type TokenKey } from './token-key.js';

const RSA_BITS = 2048;

/** Makes keys, seals them for the database and opens them again. */
@Injectable()
export class TokenKeyFactory {
  constructor(
    private readonly ring: KeyRing,
    private readonly random: RandomSource,
    private readonly clock: Clock,
  ) {}

  async generate(algorithm: KeyAlgorithm, activeFrom: Date): Promise<TokenKeyEntity> {
    const secret = algorithm === 'A256CBC-HS512' ? this.symmetricJwk() : await asymmetricJwk(algorithm);
    const kid = algorithm === 'A256CBC-HS512' ? this.random.uuid() : await calculateJwkThumbprint(secret);
    const { version, sealed } = this.ring.seal('token-key-seal', Buffer.from(JSON.stringify(secret)), kid);
    return Object.assign(new TokenKeyEntity(), {
      kid,
      algorithm,
      publicJwk: algorithm === 'A256CBC-HS512' ? null : publicPart(secret, kid, algorithm),
      sealVersion: version,
      sealedJwk: sealed,
      createdAt: this.clock.now(),
      activeFrom,
    });
  }

  /** @throws Error when the environment has no key of the version it was sealed under, or it was tampered with */
  async open(entity: TokenKeyEntity): Promise<TokenKey> {
    const { kid, algorithm, publicJwk, activeFrom } = entity;
    const opened = this.ring.open('token-key-seal', entity.sealVersion, entity.sealedJwk, kid);
    const privateKey = await importJWK(JSON.parse(opened.toString()) as JWK, algorithm);
    return { kid, algorithm, publicJwk, privateKey, activeFrom };
  }

  private symmetricJwk(): JWK {
    return { kty: 'oct', k: this.random.bytes(64).toString('base64url') };
  }
}

async function asymmetricJwk(algorithm: KeyAlgorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: RSA_BITS });
  return exportJWK(privateKey);
}

/** Only the members that are public, by name: what is not listed can't leak. */
function publicPart({ kty, crv, x, y, n, e }: JWK, kid: string, alg: KeyAlgorithm): JWK {
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(members), kid, alg, use: 'sig' };
}
