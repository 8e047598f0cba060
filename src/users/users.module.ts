import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UserBatchRepository } from './import/user-batch.repository.js';
import { UserImport } from './import/user-import.js';
import { PasswordAuthenticator } from './password-authenticator.js';
import { PasswordHasher } from './password-hasher.js';
import { Argon2Scheme } from './passwords/argon2.scheme.js';
import { BcryptThreads } from './passwords/bcrypt-threads.js';
import { BcryptScheme } from './passwords/bcrypt.scheme.js';
import { PasswordHashReader } from './passwords/password-hash.reader.js';
import { PASSWORD_SCHEMES, type PasswordScheme } from './passwords/password-scheme.js';
import { Pbkdf2Scheme } from './passwords/pbkdf2.scheme.js';
import { ScryptScheme } from './passwords/scrypt.scheme.js';
import { UserEntity } from './user.entity.js';
import { UserProfiles } from './user-profiles.js';
import { UserRepository } from './user.repository.js';
import { UserService } from './user.service.js';

/** A new scheme of hashing passwords is one file and one line here. */
const SCHEMES = [Argon2Scheme, BcryptScheme, ScryptScheme, Pbkdf2Scheme];

/** Resource owners and their passwords. */
@Module({
  imports: [TypeOrmModule.forFeature([UserEntity])],
  providers: [
    UserRepository,
    PasswordHasher,
    PasswordHashReader,
    PasswordAuthenticator,
    UserService,
    UserProfiles,
    UserImport,
    UserBatchRepository,
    BcryptThreads,
    ...SCHEMES,
    {
      provide: PASSWORD_SCHEMES,
      inject: SCHEMES,
      useFactory: (...schemes: PasswordScheme[]) => schemes,
    },
  ],
  exports: [UserRepository, PasswordHasher, PasswordAuthenticator, UserService, UserImport, UserProfiles],
})
export class UsersModule {}
