import { type JWK } from 'jose';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type KeyAlgorithm } from './token-key.js';

/** A key as stored: the private part sealed under a key from the environment (law L6). */
@Entity('token_key')
export class TokenKeyEntity {
  @PrimaryColumn('text')
  kid: string;

  @Column('text')
  algorithm: KeyAlgorithm;

  @Column('jsonb', { name: 'public_jwk', nullable: true })
  publicJwk: JWK | null;

  @Column('smallint', { name: 'seal_version' })
  sealVersion: number;

  @Column('bytea', { name: 'sealed_jwk' })
  sealedJwk: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'active_from' })
  activeFrom: Date;
}
