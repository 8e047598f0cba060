import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationMethod,
} from './authentication/client-authentication-method.js';
import { ClientAuthenticator } from './authentication/client-authenticator.js';
import { ClientSecretBasic } from './authentication/client-secret-basic.js';
import { ClientSecretPost } from './authentication/client-secret-post.js';
import { PrivateKeyJwt } from './authentication/private-key-jwt.js';
import { PublicClient } from './authentication/public-client.js';
import { RequestAuthenticator } from './authentication/request-authenticator.js';
import { ClientDirectory } from './client-directory.js';
import { ClientEntity, ClientSecretEntity } from './client.entity.js';
import { ClientOrigins } from './client-origins.js';
import { ClientRepository } from './client.repository.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientService } from './client.service.js';

/** A new method of client authentication is one file and one line here. */
const METHODS = [ClientSecretBasic, ClientSecretPost, PrivateKeyJwt, PublicClient];

@Module({
  imports: [TypeOrmModule.forFeature([ClientEntity, ClientSecretEntity])],
  providers: [
    ClientRepository,
    ClientSecrets,
    ClientDirectory,
    ClientOrigins,
    ClientService,
    ClientAuthenticator,
    RequestAuthenticator,
    ...METHODS,
    {
      provide: CLIENT_AUTHENTICATION_METHODS,
      inject: METHODS,
      useFactory: (...methods: ClientAuthenticationMethod[]) => methods,
    },
  ],
  exports: [
    ClientRepository,
    ClientDirectory,
    ClientOrigins,
    ClientSecrets,
    ClientService,
    ClientAuthenticator,
    RequestAuthenticator,
  ],
})
export class ClientsModule {}
