import { Global, Module } from '@nestjs/common';
import { AuditChain } from './audit-chain.js';
import { AuditLog } from './audit-log.js';
import { AuditRepository } from './audit.repository.js';
import { LockOuts } from './lock-outs.js';
import { AuditVerifier } from './audit-verifier.js';

/** Who did what: appended to, linked, and never changed. */
@Global()
@Module({
  providers: [AuditRepository, AuditChain, AuditLog, AuditVerifier, LockOuts],
  exports: [AuditRepository, AuditLog, AuditVerifier, LockOuts],
})
export class AuditModule {}
