import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PasswordAuthenticator } from './password-authenticator.js';
import { PasswordHasher } from './password-hasher.js';
import { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';
import { UserService } from './user.service.js';
import { Usernames } from './usernames.js';

/** Resource owners and their passwords. */
@Module({
  imports: [TypeOrmModule.forFeature([UserEntity])],
  providers: [UserRepository, PasswordHasher, PasswordAuthenticator, UserService, Usernames],
  exports: [UserRepository, PasswordHasher, PasswordAuthenticator, UserService, Usernames],
})
export class UsersModule {}
