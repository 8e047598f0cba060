import { Module } from '@nestjs/common';
import { PagesModule } from '../../pages/pages.module.js';
import { UsersModule } from '../../users/users.module.js';
import { Csrf } from '../csrf.js';
import { SessionsModule } from '../sessions.module.js';
import { SignInController } from './sign-in.controller.js';
import { SignInForm } from './sign-in-form.js';
import { SignIn } from './sign-in.js';

/** The sign-in page, the way to it, and what keeps forms from being forged. */
@Module({
  imports: [SessionsModule, PagesModule, UsersModule],
  controllers: [SignInController],
  providers: [SignIn, SignInForm, Csrf],
  exports: [SignIn, Csrf, SessionsModule, PagesModule],
})
export class SignInModule {}
