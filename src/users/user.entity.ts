import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

export type UserStatus = 'active' | 'disabled';

/** A resource owner as stored. */
@Entity('user_account')
export class UserEntity {
  /** The `sub` of their tokens. */
  @PrimaryColumn('uuid')
  id: string;

  /** Unique whatever its case. */
  @Column('text')
  username: string;

  @Column('text', { nullable: true })
  email: string | null;

  @Column('text')
  status: UserStatus;

  /** Further OpenID Connect claims. */
  @Column('jsonb')
  claims: Record<string, unknown>;

  /** As some password scheme reads it; none for a user who can't sign in with a password. */
  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash: string | null;

  /** Families issued up to then are dead. */
  @Column('timestamptz', { name: 'tokens_not_before', nullable: true })
  tokensNotBefore: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
