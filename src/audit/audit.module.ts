import { Global, Module } from '@nestjs/common';
import { AuditChain } from './audit-chain.js';
import { AuditLog } from './audit-log.js';
import { AuditRepository } from './audit.repository.js';
import { AuditVerifier } from './audit-verifier.js';

/** Who did what: appended to, linked, and never changed. */
@Global()
@Module({
  providers: [AuditRepository, AuditChain, AuditLog, AuditVerifier],
  exports: [AuditRepository, AuditLog, AuditVerifier],
})
export class AuditModule {}
