import { Module } from '@nestjs/common';
import { BrowserSessionPurge } from './browser-session-purge.js';
import { BrowserSessionRepository } from './browser-session.repository.js';
import { BrowserSessions } from './browser-sessions.js';
import { Cookies } from './cookies.js';

/** People signed in to this service in their browsers. */
@Module({
  providers: [BrowserSessionRepository, BrowserSessionPurge, BrowserSessions, Cookies],
  exports: [BrowserSessions, Cookies],
})
export class SessionsModule {}
